import { isLasting } from '../errors.ts'
import type { GraphQLRequest, Transport } from '../transport.ts'
import { attempt } from '../waiting/attempt.ts'
import { backOff } from '../waiting/back-off.ts'
import { ConcurrencyLimit } from '../waiting/concurrency-limit.ts'
import type { Bell } from './bell.ts'

export interface Retries {
  /** The longest pause between two tries, in milliseconds. */
  readonly longestPause: number
  /** Called with the error of every failure that is retried. */
  readonly onRetry: (error: unknown) => void
  /** Ends a pause early, for example when the network is back. */
  readonly awake: Bell
}

const FIRST_PAUSE = 500

/**
 * Sends queries to the API. Limits the queries in flight, and retries each query until it has an
 * answer.
 */
export class Questions {
  readonly #transport: Transport
  readonly #retries: Retries
  readonly #longestQuery: number
  readonly #limit: ConcurrencyLimit

  /**
   * @param mostAtOnce the most queries in flight
   * @param longestQuery the milliseconds after which a query fails
   */
  constructor(transport: Transport, retries: Retries, mostAtOnce: number, longestQuery: number) {
    this.#transport = transport
    this.#retries = retries
    this.#longestQuery = longestQuery
    this.#limit = new ConcurrencyLimit(mostAtOnce)
  }

  /**
   * Sends a query and returns its data.
   * @throws permanent errors, and the signal's reason when it is aborted
   */
  async ask<T>(request: GraphQLRequest, signal: AbortSignal): Promise<T> {
    const { longestPause, onRetry, awake } = this.#retries
    for (let failures = 1; ; failures += 1) {
      try {
        return await this.#limit.run(async () => {
          signal.throwIfAborted()
          const query = (given: AbortSignal) => this.#transport.query<T>(request, given)
          return await attempt(query, signal, this.#longestQuery)
        })
      } catch (error) {
        signal.throwIfAborted()
        if (isLasting(error)) throw error
        onRetry(error)
        await awake.wait(signal, backOff(failures, FIRST_PAUSE, longestPause))
        signal.throwIfAborted()
      }
    }
  }
}
