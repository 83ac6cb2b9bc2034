import { Bell } from '../following/bell.ts'
import { isIn, type KnownEvent, type Position, type ViewedFeed } from './position.ts'

/** The events since the last query. */
export interface Batch {
  readonly newest: KnownEvent | undefined
  /** Whether there are or may be events that an answer with the newest can lack. */
  readonly hasOthers: boolean
}

/** Collects the events of all feeds that a view depends on, until they are taken for a query. */
export class News {
  readonly #arrived = new Bell()
  readonly #awake: Bell
  readonly #ends: readonly (() => void)[]
  /** The feeds whose subscriptions have not started yet. */
  readonly #starting: Set<ViewedFeed>
  #newest: KnownEvent | undefined
  #hasOthers = false
  #isEmpty = true
  #failure: { readonly error: unknown } | undefined

  /** @param awake ends the pauses of failed queries, when a connection is back */
  constructor(feeds: readonly ViewedFeed[], awake: Bell) {
    this.#awake = awake
    this.#starting = new Set(feeds)
    this.#ends = [...this.#starting].map((feed) =>
      feed.listen({
        heard: (event) => this.#heard(event),
        missed: () => {
          this.#starting.delete(feed)
          this.#missed()
        },
        failed: (error) => {
          this.#failure = { error }
          this.#arrived.ring()
        },
      }),
    )
  }

  /** Waits until all subscriptions have started, but not longer than the time. */
  async started(signal: AbortSignal, milliseconds: number): Promise<void> {
    const until = Date.now() + milliseconds
    while (this.#starting.size > 0 && !this.#failure && !signal.aborted) {
      const left = until - Date.now()
      if (left <= 0) return
      await this.#arrived.wait(signal, left)
    }
  }

  /** Waits until there is news or the time is over. */
  async wait(signal: AbortSignal, milliseconds: number): Promise<void> {
    if (this.#isEmpty && !this.#failure && milliseconds > 0) {
      await this.#arrived.wait(signal, milliseconds)
    }
  }

  /**
   * Returns the events since the last call.
   * @throws the permanent error of a subscription
   */
  take(): Batch {
    if (this.#failure) throw this.#failure.error
    const batch = { newest: this.#newest, hasOthers: this.#hasOthers }
    this.#newest = undefined
    this.#hasOthers = false
    this.#isEmpty = true
    return batch
  }

  end(): void {
    for (const end of this.#ends) end()
  }

  #heard({ id, version }: Position): void {
    const newest = this.#newest
    if (newest && isIn({ id, version }, newest)) return
    if (newest && newest.id !== id) this.#hasOthers = true
    this.#newest = { id, version, at: Date.now() }
    this.#arrive()
  }

  #missed(): void {
    this.#hasOthers = true
    this.#arrive()
    this.#awake.ring()
  }

  #arrive(): void {
    this.#isEmpty = false
    this.#arrived.ring()
  }
}
