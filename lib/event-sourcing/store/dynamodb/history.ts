import type { StoredEvent } from '../../event.ts'
import type { HistoryRange } from '../event-store.ts'
import type { Reader } from './attempts.ts'
import { type EventPage, type EventQuery, MOST_EVENTS, type Pages } from './pages.ts'

/** Ranges of one history that are read at once. */
const MOST_AT_ONCE = 4
/** Of what fits a page: the events of the next one may be a little larger. */
const FILLING = 0.95
/** DynamoDB ends a page here, and counts a unit for each 4 KB. */
const UNITS_OF_A_PAGE = 256

/**
 * One resource's history, a page at a time. One that is longer than a page is read in several
 * ranges at once, each of about a page, and given in order: while one is applied the next ones are
 * on their way, and no more than these are in memory. Where the partition throttles, fewer are read
 * at once.
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
  // The next page is on its way in any case: only a third one makes it worth knowing the length.
  const [second, [end]] = await Promise.all([
    pages.query({ id, after, from: next, ...limited(limit - events.length) }),
    newest(pages, id),
  ])
  if (second.events.length > 0) yield second.events
  const position = second.events.at(-1)?.number ?? last.number
  const isAll = !second.next || events.length + second.events.length >= limit
  if (isAll || !end) return
  const most = Math.min(after + limit, Number.MAX_SAFE_INTEGER)
  // The second page may have been read later than the newest event.
  const upTo = Math.max(position, Math.min(end.number, most))
  yield* new Ranges(pages, id, second).read(position, upTo)
  // What came while these were read.
  if (upTo < most) yield* onePageAfterTheOther(pages, { id, after: upTo, upTo: most })
}

async function newest(pages: Pages, id: string): Promise<readonly StoredEvent[]> {
  return (await pages.query({ id, Limit: 1, ScanIndexForward: false })).events
}

async function* onePageAfterTheOther(
  pages: Pages,
  query: EventQuery,
  reader?: Reader,
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

/** Reads ranges ahead of whoever takes them. */
class Ranges {
  readonly #pages: Pages
  readonly #id: string
  #atOnce = MOST_AT_ONCE
  /** Events in a range. Follows the size of the events. */
  #size = 1
  #isReading = true

  constructor(pages: Pages, id: string, before: EventPage) {
    this.#pages = pages
    this.#id = id
    this.#learnFrom(before)
  }

  async *read(after: number, upTo: number): AsyncGenerator<readonly StoredEvent[]> {
    try {
      yield* this.#read(after, upTo)
    } finally {
      this.#isReading = false
    }
  }

  async *#read(after: number, upTo: number): AsyncGenerator<readonly StoredEvent[]> {
    const coming: Promise<Range>[] = []
    let begun = after
    for (;;) {
      while (begun < upTo && coming.length < this.#atOnce) {
        const end = Math.min(begun + this.#size, upTo)
        const range = this.#range({ id: this.#id, after: begun, upTo: end })
        // Whoever takes it learns of a failure; one that nobody takes any more is no crash.
        range.catch(() => {})
        coming.push(range)
        begun = end
      }
      const taken = coming.shift()
      if (!taken) return
      const { query, page } = await taken
      if (page.events.length > 0) yield page.events
      // Its events are larger than those before: what did not fit is read when its turn has come.
      if (page.next) {
        yield* onePageAfterTheOther(this.#pages, { ...query, from: page.next }, this.#reader)
      }
    }
  }

  async #range(query: EventQuery): Promise<Range> {
    const page = await this.#pages.query(query, this.#reader)
    this.#atOnce = Math.min(MOST_AT_ONCE, this.#atOnce + 1)
    this.#learnFrom(page)
    return { query, page }
  }

  readonly #reader: Reader = {
    onThrottled: () => {
      this.#atOnce = Math.max(1, Math.floor(this.#atOnce / 2))
    },
    isThere: () => this.#isReading,
  }

  #learnFrom({ events, units }: EventPage): void {
    const fitting = Math.floor((events.length / units) * UNITS_OF_A_PAGE * FILLING)
    if (events.length > 0) this.#size = Math.max(1, fitting)
  }
}

function limited(limit: number): { readonly Limit?: number } {
  return Number.isFinite(limit) ? { Limit: Math.min(limit, MOST_EVENTS) } : {}
}
