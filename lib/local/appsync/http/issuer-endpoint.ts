import type { ApiDefinition } from '../api-definition.ts'

/**
 * Returns the document at a path below a user pool of the run, as Cognito serves it: the pool's
 * configuration or its public keys. Undefined: the path belongs to no pool.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints.html
 */
export function issuerDocument({ authProviders }: ApiDefinition, path: string): object | undefined {
  for (const provider of authProviders) {
    if (!('localKeys' in provider) || !provider.localKeys) continue
    const { issuer, localKeys } = provider
    const jwks = `${issuer}/.well-known/jwks.json`
    if (path === new URL(jwks).pathname) return localKeys
    if (path === new URL(`${issuer}/.well-known/openid-configuration`).pathname) {
      return {
        issuer,
        jwks_uri: jwks,
        id_token_signing_alg_values_supported: ['RS256'],
        response_types_supported: ['code', 'token'],
        scopes_supported: ['openid', 'email', 'phone', 'profile'],
        subject_types_supported: ['public'],
      }
    }
  }
  return undefined
}
