import type { EventPage, EventQuery, Pages } from './dynamodb-pages.ts'
import type { StoredEvent } from './event.ts'
import type { HistoryRange } from './event-store.ts'

/** Ranges of one history that are read at once. */
const MOST_AT_ONCE = 4
/** Of the events that fitted the first page: later ones may be a little larger. */
const FILLING = 0.95

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
  const upTo = Math.min(end.number, after + limit)
  const size = Math.max(1, Math.floor(events.length * FILLING))
  yield* new Ranges(pages, id).read(position, upTo, size)
  // What came while these were read. A limit is not reached only where numbers are missing.
  if (upTo < after + limit) yield* onePageAfterTheOther(pages, { id, after: upTo })
}

async function newest(pages: Pages, id: string): Promise<readonly StoredEvent[]> {
  return (await pages.query({ id, Limit: 1, ScanIndexForward: false })).events
}

async function* onePageAfterTheOther(
  pages: Pages,
  query: EventQuery,
  onThrottled?: () => void,
): AsyncGenerator<readonly StoredEvent[]> {
  let from: EventPage['next']
  do {
    const page = await pages.query({ ...query, from }, onThrottled)
    if (page.events.length > 0) yield page.events
    from = page.next
  } while (from)
}

/** Reads ranges ahead of whoever takes them. */
class Ranges {
  readonly #pages: Pages
  readonly #id: string
  #atOnce = MOST_AT_ONCE

  constructor(pages: Pages, id: string) {
    this.#pages = pages
    this.#id = id
  }

  async *read(after: number, upTo: number, size: number): AsyncGenerator<readonly StoredEvent[]> {
    const coming: Promise<readonly (readonly StoredEvent[])[]>[] = []
    let begun = after
    for (;;) {
      while (begun < upTo && coming.length < this.#atOnce) {
        const end = Math.min(begun + size, upTo)
        const range = this.#range(begun, end)
        // Whoever takes it learns of a failure; one that nobody takes any more is no crash.
        range.catch(() => {})
        coming.push(range)
        begun = end
      }
      const taken = coming.shift()
      if (!taken) return
      yield* await taken
    }
  }

  async #range(after: number, upTo: number): Promise<readonly (readonly StoredEvent[])[]> {
    const parts: (readonly StoredEvent[])[] = []
    const query = { id: this.#id, after, upTo }
    const slower = () => {
      this.#atOnce = Math.max(1, Math.floor(this.#atOnce / 2))
    }
    for await (const part of onePageAfterTheOther(this.#pages, query, slower)) parts.push(part)
    this.#atOnce = Math.min(MOST_AT_ONCE, this.#atOnce + 1)
    return parts
  }
}

function limited(limit: number): { readonly Limit?: number } {
  return Number.isFinite(limit) ? { Limit: limit } : {}
}
