import type { StoredEvent } from '../../event.ts'
import type { HistoryRange } from '../event-store.ts'
import { type EventPage, type EventQuery, MOST_EVENTS, type Pages } from './pages/pages.ts'
import type { ReadConsumer } from './retries.ts'

/** The maximum number of ranges of one history that are read in parallel. */
const MOST_AT_ONCE = 4
/** The share of a page that a range should fill, because the next events may be larger. */
const FILLING = 0.95
/** The capacity units of a full page. DynamoDB counts one unit per 4 KB. */
const UNITS_OF_A_PAGE = 256

/**
 * Returns one resource's history, page by page and in order. Reads a longer history in parallel
 * ranges of about one page each. The next ranges load while the caller applies the current one.
 * Memory holds only these ranges. Throttling reduces the number of parallel reads.
 */
export async function* pagesOfHistory(
  pages: Pages,
  id: string,
  { after = 0, limit = Number.POSITIVE_INFINITY }: HistoryRange = {},
): AsyncGenerator<readonly StoredEvent[]> {
  const { events, next } = await pages.query({ id, after, ...limited(limit) })
  if (events.length > 0) yield events
  const last = events.at(-1)
  if (!next || !last || events.length >= limit) return
  // The second page is needed in any case. The length matters only if there is a third page.
  const [second, [end]] = await Promise.all([
    pages.query({ id, after, from: next, ...limited(limit - events.length) }),
    newest(pages, id),
  ])
  if (second.events.length > 0) yield second.events
  const position = second.events.at(-1)?.number ?? last.number
  const isAll = !second.next || events.length + second.events.length >= limit
  if (isAll || !end) return
  const most = Math.min(after + limit, Number.MAX_SAFE_INTEGER)
  // The second page may include events that are newer than `end`.
  const upTo = Math.max(position, Math.min(end.number, most))
  yield* new Ranges(pages, id, second).read(position, upTo, most)
}

async function newest(pages: Pages, id: string): Promise<readonly StoredEvent[]> {
  return (await pages.query({ id, Limit: 1, ScanIndexForward: false })).events
}

async function* onePageAfterTheOther(
  pages: Pages,
  query: EventQuery,
  reader?: ReadConsumer,
): AsyncGenerator<readonly StoredEvent[]> {
  let from = query.from
  do {
    const page = await pages.query({ ...query, from }, reader)
    if (page.events.length > 0) yield page.events
    from = page.next
  } while (from)
}

interface Range {
  readonly query: EventQuery
  readonly page: EventPage
}

/** Reads ranges ahead of the consumer. */
class Ranges {
  readonly #pages: Pages
  readonly #id: string
  #atOnce = MOST_AT_ONCE
  /** The number of events in a range. Adapts to the size of the events. */
  #size = 1
  #isReading = true

  constructor(pages: Pages, id: string, before: EventPage) {
    this.#pages = pages
    this.#id = id
    this.#learnFrom(before)
  }

  /**
   * Reads the events after a number.
   * @param upTo the number of the newest event when the read began
   * @param most the highest number to read; the last range includes events that are newer than `upTo`
   */
  async *read(after: number, upTo: number, most: number): AsyncGenerator<readonly StoredEvent[]> {
    try {
      yield* this.#read(after, upTo, most)
    } finally {
      this.#isReading = false
    }
  }

  async *#read(after: number, upTo: number, most: number): AsyncGenerator<readonly StoredEvent[]> {
    const coming: Promise<Range>[] = []
    let begun = after
    for (;;) {
      while (begun < upTo && coming.length < Math.floor(this.#atOnce)) {
        const end = Math.min(begun + this.#size, upTo)
        const last = end === upTo ? most : end
        const range = this.#range({ id: this.#id, after: begun, upTo: last })
        // The consumer sees a failure. An abandoned range must not crash the process.
        range.catch(() => {})
        coming.push(range)
        begun = end
      }
      const taken = coming.shift()
      if (!taken) return
      const { query, page } = await taken
      this.#learnFrom(page)
      if (page.events.length > 0) yield page.events
      // These events are larger than the ones before, so the rest of the range is read here.
      if (page.next) {
        yield* onePageAfterTheOther(this.#pages, { ...query, from: page.next }, this.#reader)
      }
    }
  }

  async #range(query: EventQuery): Promise<Range> {
    const page = await this.#pages.query(query, this.#reader)
    // One more after a round of successes: a busy partition would refuse a faster rise again.
    this.#atOnce = Math.min(MOST_AT_ONCE, this.#atOnce + 1 / this.#atOnce)
    return { query, page }
  }

  readonly #reader: ReadConsumer = {
    onThrottled: () => {
      this.#atOnce = Math.max(1, this.#atOnce / 2)
    },
    isWaiting: () => this.#isReading,
  }

  #learnFrom({ events, units }: EventPage): void {
    const fitting = Math.floor((events.length / units) * UNITS_OF_A_PAGE * FILLING)
    if (events.length > 0) this.#size = Math.max(1, fitting)
  }
}

function limited(limit: number): { readonly Limit?: number } {
  return Number.isFinite(limit) ? { Limit: Math.min(limit, MOST_EVENTS) } : {}
}
