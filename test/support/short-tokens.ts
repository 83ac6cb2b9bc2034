import { newToken } from '../../lib/local/users/token.ts'
import type { UserPool } from '../../lib/local/users/user-pools.ts'

/**
 * The tokens of one user. Each is returned until it expires, so that some requests arrive with an
 * expired one.
 */
export class ShortTokens {
  /** The number of tokens so far. */
  made = 0
  readonly #pool: UserPool
  readonly #user: string
  readonly #seconds: number
  readonly #groups: readonly string[]
  #token: Promise<string> | undefined
  #expires = 0

  /** @param seconds the lifetime of a token */
  constructor(pool: UserPool, user: string, seconds: number, groups: readonly string[] = []) {
    this.#pool = pool
    this.#user = user
    this.#seconds = seconds
    this.#groups = groups
  }

  /** Whether the newest token has expired. */
  get isExpired(): boolean {
    return Date.now() >= this.#expires
  }

  readonly current = (): Promise<string> => {
    if (this.#token && !this.isExpired) return this.#token
    const [user, groups, seconds] = [this.#user, this.#groups, this.#seconds]
    this.made += 1
    this.#expires = (Math.floor(Date.now() / 1000) + seconds) * 1000
    this.#token = newToken(this.#pool, { user, groups, seconds, use: 'access', claims: {} })
    return this.#token
  }
}
