import { createHmac, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import type { UserPool } from '../../../lib/local/users/user-pools.ts'

/** The claims of an access token of Cognito for a user, who is in no group. */
export function claimsOf({ issuer, clientIds: [client] }: UserPool, sub: string): object {
  const now = Math.floor(Date.now() / 1000)
  return {
    sub,
    iss: issuer,
    client_id: client,
    username: sub,
    scope: 'aws.cognito.signin.user.admin',
    token_use: 'access',
    auth_time: now,
    iat: now,
    exp: now + 3600,
  }
}

/** Returns a token with exactly this header and these claims. Texts are taken as they are. */
export function signed(
  header: object,
  claims: object | string,
  key: KeyObject | string | undefined,
): string {
  const body = typeof claims === 'string' ? claims : JSON.stringify(claims)
  const content = [JSON.stringify(header), body].map(base64).join('.')
  if (key === undefined) return `${content}.`
  const signature =
    typeof key === 'string'
      ? createHmac('sha256', key).update(content).digest()
      : sign('sha256', Buffer.from(content), key)
  return `${content}.${signature.toString('base64url')}`
}

/** Returns the keys of a pool: that which signs, and the public one as a secret of HS256. */
export function keysOf({ key }: UserPool): { readonly own: KeyObject; readonly secret: string } {
  const own = createPrivateKey({ key: { ...key }, format: 'jwk' })
  const secret = createPublicKey(own).export({ type: 'spki', format: 'pem' }).toString()
  return { own, secret }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64url')
}
