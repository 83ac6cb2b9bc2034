import type { Clock } from './clock.ts'

/** A quota of units a second, with unused units of at most one second. */
export class TokenBucket {
  readonly #clock: Clock
  readonly #most: number
  readonly #rate: number
  #left: number
  #filled = 0

  /** @param rate units a second */
  constructor(clock: Clock, rate: number, most = rate) {
    this.#clock = clock
    this.#rate = rate
    this.#most = most
    this.#left = most
  }

  /** Takes units, or takes nothing and returns false. */
  take(units = 1): boolean {
    const { now } = this.#clock
    this.#left = Math.min(this.#most, this.#left + ((now - this.#filled) / 1000) * this.#rate)
    this.#filled = now
    if (this.#left < units) return false
    this.#left -= units
    return true
  }
}

/**
 * The quotas of an account for Lambda: concurrent invocations of all functions, and ten invocations
 * a second for each of them.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
export class Account {
  readonly #most: number
  readonly #requests: TokenBucket
  #busy = 0

  constructor(clock: Clock, concurrency: number) {
    this.#most = concurrency
    this.#requests = new TokenBucket(clock, 10 * concurrency)
  }

  enter(): boolean {
    if (this.#busy >= this.#most || !this.#requests.take()) return false
    this.#busy += 1
    return true
  }

  leave(): void {
    this.#busy -= 1
  }
}

/** New environments of a function: 1,000 at once, and 1,000 each 10 seconds. */
const AT_ONCE = 1000
const PER_SECOND = 100

/**
 * The execution environments of one function. A free one is used again, the latest first.
 * https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html
 */
export class Environments {
  readonly #account: Account
  readonly #starts: TokenBucket
  readonly #idle: number[]
  #made: number
  /** Whether the environment that `take` returned is new. */
  isCold = false

  /** @param warm the environments that exist at the start */
  constructor(clock: Clock, account: Account, warm: number) {
    this.#account = account
    this.#starts = new TokenBucket(clock, PER_SECOND, AT_ONCE)
    this.#made = warm
    this.#idle = Array.from({ length: warm }, (_, index) => index)
  }

  get made(): number {
    return this.#made
  }

  /** Returns the number of an environment, or -1 if Lambda throttles the invocation. */
  take(): number {
    if (!this.#account.enter()) return -1
    const idle = this.#idle.pop()
    this.isCold = idle === undefined
    if (idle !== undefined) return idle
    if (!this.#starts.take()) {
      this.#account.leave()
      return -1
    }
    this.#made += 1
    return this.#made - 1
  }

  release(environment: number): void {
    this.#account.leave()
    this.#idle.push(environment)
  }
}
