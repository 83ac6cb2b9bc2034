import { jittered } from './back-off.ts'
import { Bell } from './bell.ts'
import type { ApiEvent, Message } from './event.ts'
import { InFlight } from './in-flight.ts'
import type { Listener } from './source.ts'

/** All times in milliseconds. */
export interface Pace {
  /** How long a hole may be filled by a late message before the missing is asked for. */
  readonly gapWait: number
  /** After a subscription began: when it is asked whether a message was lost. */
  readonly firstPoll: number
  /** How often that is asked afterwards. */
  readonly pollInterval: number
  readonly longestPause: number
  /** The most events of a page. */
  readonly pageSize: number
  /** The most events of a resource that are kept for those who have not read them yet. */
  readonly kept: number
}

/** Where somebody is in a history. */
export interface Cursor {
  /** The number of the event that comes next. */
  next: number
}

type Ask<E> = (after: number, signal: AbortSignal) => Promise<readonly E[]>

/**
 * One resource, while it is watched: what all its watchers share. Messages are hints, which may be
 * lost, doubled and out of order; the number of an event tells what is missing, and the history is
 * asked for that. Whoever is slower than the last events that are kept reads on in the history.
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
   * How often messages may have been missed. Whoever waits has asked, since then, for what comes
   * next, and was told that there is nothing.
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

  /** Lets everybody who waits ask anew. */
  suspect(): void {
    this.#suspicions += 1
    this.#changed.ring()
  }

  end(): void {
    this.#isOver = true
    clearTimeout(this.#poll)
  }

  /**
   * The events from the cursor on, for ever; its end is the signal's. It may be moved on meanwhile.
   * @throws what no repetition heals
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
      // Not even a short page is the last: large events come in pages of few.
      trusted = isFound && (isFull || !wasTrusted) ? -1 : suspicions
      misses = isFound ? 0 : misses + 1
    }
  }

  /**
   * Whether something happened, within a short time, that makes the question for a known event
   * needless or pressing.
   */
  async #comesLate({ next }: Cursor, misses: number, signal: AbortSignal): Promise<boolean> {
    const { gapWait, longestPause } = this.#pace
    // Older ones come no more.
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
    // A question from before the last suspicion does not allay it.
    const key = `${this.#suspicions} ${after}`
    return await this.#asked.join(key, signal, async (given) => {
      const events = await this.#ask(after, given)
      for (const event of events) this.#keep(event)
      if (events.length > 0) {
        this.#changed.ring()
        // Where one message was lost, others may be.
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
