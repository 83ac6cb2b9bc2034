import {
  createLocalJWKSet,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose'
import { LRUCache } from 'lru-cache'
import { isObject } from '../../../json.ts'
import type { TokenProvider } from '../../auth-provider.ts'

/** Milliseconds between two requests for the keys of an issuer, also after a failed one. */
const PAUSE = 10_000
/** Milliseconds after which keys are asked for again, since an issuer may have removed one. */
const MAX_AGE = 10 * 60_000
/** Milliseconds that an issuer may take for an answer. */
const TIMEOUT = 5000
/** The most tokens of an issuer whose verified claims are cached. */
const VERIFIED = 1000

export interface IssuerKeysOptions {
  /** Receives the failure of an issuer. It never contains a token. */
  report(issuer: string, problem: unknown): void
  /** Returns milliseconds since the epoch. Default: the clock. */
  now?(): number
  /** Milliseconds that an issuer may take for an answer. Default: 5000. */
  readonly timeout?: number
}

/** The keys of one issuer. */
export interface KeysOfIssuer {
  /** The `iss` that its tokens must have; undefined: already checked. */
  readonly issuer: string | undefined
  readonly key: JWTVerifyGetKey
  /** The claims of tokens whose signatures these keys have verified. A check takes 0.2 ms. */
  readonly verified: LRUCache<string, JWTPayload>
}

/**
 * The public keys of the issuers of tokens. Asks another host for its keys once and caches them. An
 * unknown key id asks again, at most every 10 seconds. A new key therefore works without a restart,
 * and many unknown ids do not load the issuer.
 */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions
  readonly #local = new WeakMap<JSONWebKeySet, KeysOfIssuer>()
  readonly #remote = new Map<string, RemoteKeys>()

  constructor(options: IssuerKeysOptions) {
    this.#options = options
  }

  /** Returns the keys of a provider's issuer; undefined if the issuer does not answer. */
  async of({ issuer, localKeys }: TokenProvider): Promise<KeysOfIssuer | undefined> {
    if (localKeys) {
      const known = this.#local.get(localKeys) ?? {
        issuer: undefined,
        key: createLocalJWKSet(localKeys),
        verified: new LRUCache({ max: VERIFIED }),
      }
      this.#local.set(localKeys, known)
      return known
    }
    const remote = this.#remote.get(issuer) ?? new RemoteKeys(issuer, this.#options)
    this.#remote.set(issuer, remote)
    return remote.current()
  }
}

interface Answer {
  readonly issuer: string
  readonly keys: JWTVerifyGetKey
  readonly verified: LRUCache<string, JWTPayload>
}

class RemoteKeys {
  readonly #url: string
  readonly #options: IssuerKeysOptions
  #answer: Answer | undefined
  #askedAt = Number.NEGATIVE_INFINITY
  #asking: Promise<void> | undefined

  constructor(url: string, options: IssuerKeysOptions) {
    this.#url = url
    this.#options = options
  }

  async current(): Promise<KeysOfIssuer | undefined> {
    if (!this.#answer || this.#now() - this.#askedAt > MAX_AGE) await this.#ask()
    // Known keys stay valid while the issuer is down.
    if (!this.#answer) return undefined
    const { issuer, verified } = this.#answer
    return { issuer, verified, key: (header, token) => this.#key(header, token) }
  }

  async #key(header: JWSHeaderParameters | undefined, token: FlattenedJWSInput) {
    const before = this.#answer
    try {
      return await this.#find(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      await this.#ask()
      if (this.#answer === before) throw error
      return this.#find(header, token)
    }
  }

  #find(header: JWSHeaderParameters | undefined, token: FlattenedJWSInput) {
    if (!this.#answer) throw new errors.JWKSNoMatchingKey()
    return this.#answer.keys({ alg: '', ...header }, token)
  }

  /** Asks the issuer, unless it was just asked. Never rejects. */
  #ask(): Promise<void> {
    if (this.#asking) return this.#asking
    if (this.#now() - this.#askedAt < PAUSE) return Promise.resolve()
    this.#askedAt = this.#now()
    this.#asking = this.#fetch()
      .then(
        (answer) => {
          this.#answer = answer
        },
        (problem: unknown) => this.#options.report(this.#url, problem),
      )
      .finally(() => {
        this.#asking = undefined
      })
    return this.#asking
  }

  /** https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig */
  async #fetch(): Promise<Answer> {
    const signal = AbortSignal.timeout(this.#options.timeout ?? TIMEOUT)
    const discovery = `${this.#url.replace(/\/$/, '')}/.well-known/openid-configuration`
    const configuration = await jsonAt(discovery, signal)
    const { issuer, jwks_uri: address } = configuration
    if (typeof issuer !== 'string' || typeof address !== 'string')
      throw new Error(`${discovery} must have the texts issuer and jwks_uri`)
    const { keys } = await jsonAt(address, signal)
    if (!Array.isArray(keys)) throw new Error(`${address} must have the list keys`)
    return {
      issuer,
      keys: createLocalJWKSet({ keys: keys.filter((key) => isObject(key)) }),
      verified: new LRUCache({ max: VERIFIED }),
    }
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now()
  }
}

async function jsonAt(url: string, signal: AbortSignal) {
  const response = await fetch(url, { signal, headers: { accept: 'application/json' } })
  if (!response.ok) throw new Error(`${url} answers ${response.status}`)
  const body: unknown = await response.json()
  if (!isObject(body)) throw new Error(`${url} must answer with a JSON object`)
  return body
}
