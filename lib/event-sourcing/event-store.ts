import type { StoredEvent } from './event.ts'

/**
 * Where the events of one resource type are kept. Every read is strongly consistent: it shows each
 * event whose `append` has returned. `eventStoreContract` in ./testing says the same in tests.
 */
export interface EventStore {
  /** What holds the events, for messages and page tokens: a table's name. */
  readonly name: string

  /**
   * Stores an event under its `(id, number)`, if nothing is there. The one place that writes. Where
   * the event of the same command is there already, an earlier try got through: it is stored.
   * @throws StoreUnavailable when it was certainly not written, OutcomeUnknown when it may have been
   */
  append(event: StoredEvent): Promise<Appended>

  /**
   * One resource's events in order of their number, page by page; no page for an unknown id.
   * @throws StoreUnavailable
   */
  history(id: string, range?: HistoryRange): AsyncIterable<readonly StoredEvent[]>

  /**
   * Every resource's events, page by page. The events of a resource follow each other, in order,
   * also across pages; the resources have an order of the store's own, which does not change.
   * @param after an id: begins with the first event of the resource behind it. Default: at the first
   * @throws StoreUnavailable
   */
  scan(after?: string): AsyncIterable<readonly StoredEvent[]>
}

export interface HistoryRange {
  /** Only events with a higher number. Default: 0, all. */
  readonly after?: number
  /** At most so many events. Default: no limit. */
  readonly limit?: number
}

export type Appended =
  | { readonly outcome: 'stored' }
  /** Another writer was first; `by` is the event that holds the number. */
  | { readonly outcome: 'taken'; readonly by: StoredEvent }
