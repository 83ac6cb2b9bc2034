import type { StoredEvent } from '../event.ts'

/**
 * Where the events of one resource type are kept. Every read is strongly consistent: it shows each
 * event whose `append` has returned. Whatever fails is retried until the time is over (see
 * `within`). `eventStoreContract` in ./testing says the same in tests.
 */
export interface EventStore {
  /** What holds the events, for messages and page tokens: a table's name. */
  readonly name: string

  /**
   * Stores an event under its `(id, number)`, if nothing is there. Where the very same event is
   * there already, an earlier try got through: it is stored.
   * @throws StoreUnavailable when it was certainly not written, OutcomeUnknown when it may have been
   */
  append(event: StoredEvent): Promise<Appended>

  /**
   * Does all steps or none, in one transaction of at most 100 steps and 4 MB, also over several
   * stores of one kind. The very same events are recognised as those of an earlier try.
   * @throws as `append`, and TypeError for a step in a store of another kind, or with another client
   */
  transact(steps: readonly Step[]): Promise<Transacted>

  /**
   * One resource's events in order of their number, page by page; no page for an unknown id.
   * @throws StoreUnavailable
   */
  history(id: string, range?: HistoryRange): AsyncIterable<readonly StoredEvent[]>

  /**
   * Every resource's events, page by page. The events of a resource follow each other, in order,
   * also across pages; the resources have an order of the store's own, which does not change.
   * @throws StoreUnavailable
   */
  scan(range?: ScanRange): AsyncIterable<readonly StoredEvent[]>
}

export interface HistoryRange {
  /** Only events with a higher number. Default: 0, all. */
  readonly after?: number
  /** At most so many events; no more than these are read. Default: no limit. */
  readonly limit?: number
}

export interface ScanRange {
  /** An id: begins with the first event of the resource behind it. Default: at the first. */
  readonly after?: string | undefined
  /** About so many events are wanted: the first page reads no more. Default: whole pages. */
  readonly about?: number | undefined
  /** One of several parts of the store that can be read at once. Default: all of it. */
  readonly segment?: { readonly index: number; readonly of: number } | undefined
}

export type Appended =
  | { readonly outcome: 'stored' }
  /** Another writer was first; `by` is the event that holds the number. */
  | { readonly outcome: 'taken'; readonly by: StoredEvent }

export interface Step {
  readonly store: EventStore
  readonly id: string
  /** Nothing may be stored under it. */
  readonly number: number
  /** To be stored there. Absent: the number just has to be free, so the resource has not moved. */
  readonly event?: StoredEvent
}

export type Transacted =
  | { readonly outcome: 'stored' }
  /** For each step the event that holds its number, if one does. */
  | { readonly outcome: 'taken'; readonly by: readonly (StoredEvent | undefined)[] }
