import { randomUUID } from 'node:crypto'
import type { JWK } from 'jose'
import { isObject, parsedJson } from '../json.ts'
import type { Template } from '../template/index.ts'

/** A user pool of the template. It issues tokens on this machine. */
export interface UserPool {
  readonly logicalId: string
  readonly userPoolId: string
  /** `http://localhost:4000/us-east-1_abcdefghi` */
  readonly issuer: string
  /** The ids of its clients, in the order of the template. */
  readonly clientIds: readonly string[]
  /** The private key that signs its tokens. */
  readonly key: JWK
}

/**
 * Returns the user pools of a template. A pool keeps the key that it had before, so that its tokens
 * stay valid.
 */
export async function userPoolsOf(
  template: Template,
  before: readonly UserPool[],
): Promise<readonly UserPool[]> {
  const clients = template.resources('AWS::Cognito::UserPoolClient').map((client) => ({
    id: client.attribute('ClientId'),
    pool: client.properties().text('UserPoolId'),
  }))
  return Promise.all(
    template.resources('AWS::Cognito::UserPool').map(async (pool) => {
      const { logicalId } = pool
      const userPoolId = pool.attribute('UserPoolId')
      const known = before.find((each) => each.logicalId === logicalId)
      return {
        logicalId,
        userPoolId,
        issuer: pool.attribute('ProviderURL'),
        clientIds: clients.filter((client) => client.pool === userPoolId).map(({ id }) => id),
        key: known?.key ?? (await newKey()),
      }
    }),
  )
}

/** Returns the public part of a key, as a client of an issuer reads it. */
export function publicKey({ kid = '', n = '', e = '' }: JWK): JWK {
  return { kty: 'RSA', kid, alg: 'RS256', use: 'sig', n, e }
}

/** Returns the pools that a run has stored. Skips others. */
export function storedPools(text: string): UserPool[] {
  const stored = parsedJson(text)
  const pools = isObject(stored) ? stored.pools : undefined
  return Array.isArray(pools) ? pools.filter(isUserPool) : []
}

function isUserPool(value: unknown): value is UserPool {
  if (!isObject(value)) return false
  const { logicalId, userPoolId, issuer, clientIds, key } = value
  const texts = [logicalId, userPoolId, issuer, isObject(key) ? key.d : undefined]
  return texts.every((text) => typeof text === 'string') && Array.isArray(clientIds)
}

/** Creates a private key. It takes about 0.1 seconds. */
export async function newKey(): Promise<JWK> {
  // Loaded on demand: it takes a tenth of a second, and a folder mostly has the keys.
  const { exportJWK, generateKeyPair } = await import('jose')
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'RS256', use: 'sig' }
}
