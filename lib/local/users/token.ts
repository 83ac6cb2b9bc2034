import { randomUUID } from 'node:crypto'
import { importJWK, SignJWT } from 'jose'
import type { UnknownObject } from '../json.ts'
import type { UserPool } from './user-pools.ts'

/** Cognito has two kinds of tokens. AppSync accepts both. */
export type TokenUse = 'access' | 'id'

export interface TokenOptions {
  readonly user: string
  readonly groups: readonly string[]
  readonly use: TokenUse
  /** The seconds until the token expires. */
  readonly seconds: number
  /** Claims that are added, or that replace others. */
  readonly claims: UnknownObject
}

/**
 * Returns a token of a user pool, with the claims that Cognito writes. `sub` is the user's name, so
 * that people can read it in events. Cognito's `sub` is a UUID.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html
 * @throws Error if the pool has no client
 */
export async function newToken(pool: UserPool, options: TokenOptions): Promise<string> {
  const { issuer, key, logicalId } = pool
  const [clientId] = pool.clientIds
  if (clientId === undefined) {
    throw new Error(
      `The user pool ${logicalId} has no client: add an AWS::Cognito::UserPoolClient to the stack`,
    )
  }
  const { user, groups, use, seconds, claims } = options
  const now = Math.floor(Date.now() / 1000)
  const content = {
    sub: user,
    ...(groups.length > 0 && { 'cognito:groups': groups }),
    iss: issuer,
    ...(use === 'id' ? idClaims(user, clientId) : accessClaims(user, clientId)),
    token_use: use,
    origin_jti: randomUUID(),
    event_id: randomUUID(),
    jti: randomUUID(),
    auth_time: now,
    iat: now,
    exp: now + seconds,
    ...claims,
  }
  return new SignJWT(content)
    .setProtectedHeader({ ...(key.kid !== undefined && { kid: key.kid }), alg: 'RS256' })
    .sign(await importJWK(key, 'RS256'))
}

function idClaims(user: string, clientId: string): object {
  return {
    aud: clientId,
    'cognito:username': user,
    email: user.includes('@') ? user : `${user}@example.com`,
    email_verified: true,
  }
}

function accessClaims(user: string, clientId: string): object {
  return { client_id: clientId, username: user, scope: 'aws.cognito.signin.user.admin' }
}
