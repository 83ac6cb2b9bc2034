export type { AuthProps, OidcIssuer, UserSource } from './auth-props.ts'
export { type AuthSettings, authSettings, modesOf } from './auth-settings.ts'
export { authorizationOf } from './authorization.ts'
export { OwnUsers } from './own-users.ts'
