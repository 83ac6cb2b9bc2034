import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  SignJWT,
} from 'jose'

export const CLIENT = 'client1'

/** Claims to add. An undefined claim is left out. */
export type Claims = { readonly [name: string]: unknown }

/** An issuer of tokens with its own keys, which answers over HTTP as Cognito and Auth0 do. */
export class Issuer {
  readonly #server: Server
  /** The number of requests for its keys. */
  asked = 0
  /** Whether it accepts requests and never answers. */
  isStuck = false
  /** Whether it answers with 500. */
  isBroken = false
  #current: { readonly jwk: JWK; readonly privateKey: CryptoKey }

  private constructor(server: Server, key: { jwk: JWK; privateKey: CryptoKey }) {
    this.#server = server
    this.#current = key
  }

  static async start(): Promise<Issuer> {
    const server = createServer((request, response) => issuer.#answer(request.url, response))
    firstKey ??= newKey('first')
    const issuer = new Issuer(server, await firstKey)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    running.add(issuer)
    return issuer
  }

  get url(): string {
    const { port }: AddressInfo = Object(this.#server.address())
    return `http://127.0.0.1:${port}/pool`
  }

  get publicKey(): JWK {
    return this.#current.jwk
  }

  /** Replaces the key by a new one. */
  async rotate(kid: string): Promise<void> {
    this.#current = await newKey(kid)
  }

  /** Signs claims. Default: an access token of Cognito that expires in an hour. */
  sign(claims: Claims = {}, kid = this.#current.jwk.kid): Promise<string> {
    return new SignJWT({ ...accessClaims(this.url), ...claims })
      .setProtectedHeader({ alg: 'RS256', ...(kid && { kid }) })
      .sign(this.#current.privateKey)
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  #answer(url: string | undefined, response: ServerResponse): void {
    if (this.isStuck) return
    const documents: Record<string, object> = {
      '/pool/.well-known/openid-configuration': {
        issuer: this.url,
        jwks_uri: `${this.url}/keys`,
      },
      '/pool/keys': { keys: [this.publicKey] },
    }
    if (url === '/pool/keys') this.asked += 1
    const document = documents[url ?? '']
    if (!document || this.isBroken) response.writeHead(500).end()
    else response.writeHead(200).end(JSON.stringify(document))
  }
}

const running = new Set<Issuer>()
/** The first key of each issuer: a new key takes a quarter of a second. */
let firstKey: ReturnType<typeof newKey> | undefined

export async function stopIssuers(): Promise<void> {
  await Promise.all([...running].map((issuer) => issuer.stop()))
  running.clear()
}

export function accessClaims(issuer: string): JWTPayload {
  const now = Math.floor(Date.now() / 1000)
  return {
    sub: 'alice',
    iss: issuer,
    client_id: CLIENT,
    username: 'alice',
    token_use: 'access',
    auth_time: now,
    iat: now,
    exp: now + 3600,
  }
}

async function newKey(kid: string): Promise<{ jwk: JWK; privateKey: CryptoKey }> {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }
  return { jwk, privateKey }
}
