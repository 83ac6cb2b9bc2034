import { createPrivateKey, type JsonWebKey, sign } from 'node:crypto'

/** A private key with its id. */
export interface SigningKey extends JsonWebKey {
  readonly kid?: string
}

/**
 * Returns a token that is signed by Node.js alone, so that the local run has to accept the tokens of
 * other programs.
 */
export function signedToken(key: SigningKey, claims: object): string {
  const header = { kid: key.kid, alg: 'RS256', typ: 'JWT' }
  const content = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const privateKey = createPrivateKey({ key, format: 'jwk' })
  return `${content}.${sign('sha256', Buffer.from(content), privateKey).toString('base64url')}`
}
