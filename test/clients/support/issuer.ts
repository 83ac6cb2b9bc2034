import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import { join } from 'node:path'
import { certificateIn, keepCertificate } from '../../../lib/local/serving/certificate.ts'
import { newFolder } from '../../support/run-folder.ts'
import { type SigningKey, signedToken } from './signed-token.ts'

const DISCOVERY = '/.well-known/openid-configuration'
const KEYS = '/keys'

/** An OpenID Connect issuer with https. Only clients that trust its certificate can ask it. */
export class Issuer {
  readonly url: string
  /** The file with the certificate, for `NODE_EXTRA_CA_CERTS`. */
  readonly certificate: string
  readonly #server: Server
  readonly #key: SigningKey

  private constructor(server: Server, url: string, certificate: string, key: SigningKey) {
    this.#server = server
    this.url = url
    this.certificate = certificate
    this.#key = key
  }

  static async start(): Promise<Issuer> {
    const folder = newFolder('issuer')
    const files = { certificate: join(folder, 'issuer.pem'), key: join(folder, 'issuer.key.pem') }
    const made = await certificateIn(files)
    await keepCertificate(made, files)
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const key = { ...privateKey.export({ format: 'jwk' }), kid: 'first' }
    const { kty, kid, n, e } = key
    const documents = new Map<string | undefined, object>([
      [KEYS, { keys: [{ kty, kid, n, e, alg: 'RS256', use: 'sig' }] }],
    ])
    const server = createServer({ cert: made.certificate, key: made.key }, ({ url }, response) => {
      const found = documents.get(url)
      response.statusCode = found ? 200 : 404
      response.end(JSON.stringify(found ?? {}))
    })
    server.listen(0, 'localhost')
    await once(server, 'listening')
    const address = server.address()
    const url = `https://localhost:${typeof address === 'object' ? address?.port : address}`
    documents.set(DISCOVERY, { issuer: url, jwks_uri: `${url}${KEYS}` })
    return new Issuer(server, url, files.certificate, key)
  }

  sign(claims: object): string {
    return signedToken(this.#key, { iss: this.url, ...claims })
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }
}
