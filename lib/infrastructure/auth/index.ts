export { Auth } from './auth.ts'
export type { AuthProps, OidcIssuer, UserSource } from './auth-props.ts'
export { authSettings, modesOf } from './auth-settings.ts'
export { OwnUsers } from './own-users.ts'
