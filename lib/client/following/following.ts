import type { ApiEvent, Message } from '../event.ts'
import { jittered } from '../waiting/back-off.ts'
import { Bell } from './bell.ts'
import { InFlight } from './in-flight.ts'
import type { Listener } from './source.ts'

/** The timing and sizes of a following. All times are in milliseconds. */
export interface Pace {
  /** The time to wait for late messages to fill a gap, before the missing events are queried. */
  readonly gapWait: number
  /** The time from the start of a subscription to the first check for lost messages. */
  readonly firstPoll: number
  /** The interval of the later checks. */
  readonly pollInterval: number
  readonly longestPause: number
  /** The most events of a page. */
  readonly pageSize: number
  /** The most events of a resource that are kept for readers that have not read them yet. */
  readonly kept: number
}

/** A reader's position in a history. */
export interface Cursor {
  /** The number of the next event to read. */
  next: number
}

type Ask<E> = (after: number, signal: AbortSignal) => Promise<readonly E[]>

/**
 * The shared part of all watchers of one resource. Messages are hints: they can be lost, duplicated
 * or out of order. Gaps in the numbers show the missing events, and the history is queried for
 * them. A reader slower than the kept events continues from the history.
 */
export class Following<E extends ApiEvent> implements Listener<E> {
  readonly #ask: Ask<E>
  readonly #pace: Pace
  readonly #asked = new InFlight<readonly E[]>()
  readonly #changed = new Bell()
  /** The last events, by number. */
  readonly #recent = new Map<number, E>()
  /** The highest number that is known to exist. */
  #newest = 0
  /**
   * The number of times that messages may have been missed. Since the last such time, a waiting
   * reader has queried its next event, and the event did not exist.
   */
  #suspicions = 0
  #failure: { readonly error: unknown } | undefined
  #poll: ReturnType<typeof setTimeout> | undefined
  #isOver = false

  constructor(ask: Ask<E>, pace: Pace) {
    this.#ask = ask
    this.#pace = pace
    this.#pollIn(pace.firstPoll)
  }

  heard({ event, truncated }: Message<E>): void {
    if (truncated) {
      this.#exists(event.number)
      this.suspect()
    } else {
      this.#keep(event)
      this.#changed.ring()
    }
  }

  missed(): void {
    this.suspect()
    this.#pollIn(this.#pace.firstPoll)
  }

  failed(error: unknown): void {
    this.#failure = { error }
    this.#changed.ring()
  }

  /** Makes all waiting readers query again. */
  suspect(): void {
    this.#suspicions += 1
    this.#changed.ring()
  }

  end(): void {
    this.#isOver = true
    clearTimeout(this.#poll)
  }

  /**
   * Yields the events from the cursor on, until the signal is aborted. The caller may advance the
   * cursor meanwhile.
   * @throws permanent errors
   */
  async *events(cursor: Cursor, signal: AbortSignal): AsyncGenerator<E, void> {
    let page: ReadonlyMap<number, E> = new Map()
    let trusted = this.#suspicions === 0 ? 0 : -1
    let misses = 0
    while (!signal.aborted) {
      if (this.#failure) throw this.#failure.error
      const event = page.get(cursor.next) ?? this.#recent.get(cursor.next)
      if (event) {
        cursor.next += 1
        misses = 0
        yield event
        continue
      }
      if (trusted === this.#suspicions) {
        if (cursor.next > this.#newest) {
          await this.#changed.wait(signal)
          continue
        }
        if (await this.#comesLate(cursor, misses, signal)) continue
      }
      const suspicions = this.#suspicions
      const wasTrusted = trusted === suspicions
      const after = cursor.next - 1
      const events = await this.#page(after, signal)
      page = new Map(events.map((found) => [found.number, found]))
      const isFound = page.has(cursor.next)
      const isFull = events.length >= this.#pace.pageSize
      // A short page is not always the last page: a page of large events holds few events.
      trusted = isFound && (isFull || !wasTrusted) ? -1 : suspicions
      misses = isFound ? 0 : misses + 1
    }
  }

  /**
   * Waits a short time for a change that makes the query for a known event unnecessary or urgent.
   * Returns true if such a change occurred.
   */
  async #comesLate({ next }: Cursor, misses: number, signal: AbortSignal): Promise<boolean> {
    const { gapWait, longestPause } = this.#pace
    // Messages for older events no longer arrive.
    if (next <= this.#newest - this.#pace.kept && misses === 0) return false
    const suspicions = this.#suspicions
    const until = Date.now() + jittered(Math.min(gapWait * 2 ** misses, longestPause))
    for (;;) {
      const left = until - Date.now()
      if (signal.aborted || this.#failure || this.#recent.has(next)) return true
      if (this.#suspicions !== suspicions) return true
      if (left <= 0) return false
      await this.#changed.wait(signal, left)
    }
  }

  async #page(after: number, signal: AbortSignal): Promise<readonly E[]> {
    // A query that began before the last suspicion cannot resolve it.
    const key = `${this.#suspicions} ${after}`
    return await this.#asked.join(key, signal, async (given) => {
      const events = await this.#ask(after, given)
      for (const event of events) this.#keep(event)
      if (events.length > 0) {
        this.#changed.ring()
        // If one message was lost, others may be lost too.
        this.#pollIn(this.#pace.firstPoll)
      }
      return events
    })
  }

  #keep(event: E): void {
    this.#exists(event.number)
    if (event.number > this.#newest - this.#pace.kept) this.#recent.set(event.number, event)
  }

  #exists(number: number): void {
    if (number <= this.#newest) return
    const oldest = number - this.#pace.kept
    if (number - this.#newest > this.#pace.kept) this.#recent.clear()
    else
      for (let old = this.#newest - this.#pace.kept; old <= oldest; old += 1)
        this.#recent.delete(old)
    this.#newest = number
  }

  #pollIn(milliseconds: number): void {
    clearTimeout(this.#poll)
    if (this.#isOver) return
    this.#poll = setTimeout(() => {
      this.suspect()
      this.#pollIn(this.#pace.pollInterval)
    }, jittered(milliseconds))
  }
}
