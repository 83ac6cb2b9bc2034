import type { AuthSettings } from './auth-settings.ts'
import type { OwnUsers } from './own-users.ts'

/**
 * Returns the source of users whose ids are their `sub` alone: the id of a user pool, or an issuer.
 * Two sources may have the same `sub`, so the ids of the others begin with their source. Undefined:
 * there is at most one source.
 */
export function firstUsersOf(
  { users, authorizer }: AuthSettings,
  own: OwnUsers | undefined,
): string | undefined {
  const [first] = users
  if (!first || users.length + (authorizer ? 1 : 0) < 2) return undefined
  switch (first.kind) {
    case 'own pool':
      return own?.userPool.userPoolId
    case 'pool':
      return first.userPool.userPoolId
    case 'issuer':
      return first.issuer
  }
}
