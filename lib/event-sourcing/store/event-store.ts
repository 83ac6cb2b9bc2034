import type { StoredEvent } from '../event.ts'

/**
 * The store of one resource type's events. Every read is strongly consistent and includes each
 * event whose `append` has returned. The store retries failures until the time limit (see `within`).
 * `eventStoreContract` in ./testing tests these guarantees.
 */
export interface EventStore {
  /** The name of the storage, such as a table's name, for messages and page tokens. */
  readonly name: string

  /**
   * Stores an event under its `(id, number)` if that number is free. If exactly the same event is
   * already there, an earlier attempt succeeded: the outcome is `stored`.
   * @throws StoreUnavailable if the event was certainly not written; OutcomeUnknown if it may have
   * been written
   */
  append(event: StoredEvent): Promise<Appended>

  /**
   * Runs all steps or none, in one transaction of at most 100 steps and 4 MB. The steps may use
   * several stores of the same kind. Exactly the same events count as an earlier attempt.
   * @throws the errors of `append`, and TypeError for a step in a store of another kind or with
   * another client
   */
  transact(steps: readonly Step[]): Promise<Transacted>

  /**
   * Returns one resource's events in order of their number, page by page. Yields no page for an
   * unknown id.
   * @throws StoreUnavailable
   */
  history(id: string, range?: HistoryRange): AsyncIterable<readonly StoredEvent[]>

  /**
   * Returns every resource's events, page by page. The events of one resource are consecutive and
   * in order, also across pages. The store chooses the order of the resources, which never changes.
   * @throws StoreUnavailable; CorruptHistory for an item that is not an event, with its `id` and
   * `number`. A scan that starts after this `id` continues behind the item.
   */
  scan(range?: ScanRange): AsyncIterable<readonly StoredEvent[]>

  /**
   * Returns the ids of the resources that ever belonged to an owner, each once, in the order of the
   * ids, page by page. A resource belongs to an owner from an event with `meta.isNewOwner` on. Unlike
   * the other reads, this one may miss an event of the last moments. Reads nothing of other owners.
   * @throws StoreUnavailable, also for a table without the index of owners
   */
  owned(owner: string, range?: OwnedRange): AsyncIterable<readonly string[]>
}

export interface OwnedRange {
  /** Returns only higher ids. Default: all. */
  readonly after?: string | undefined
  /** The approximate number of ids needed, and the maximum per page. Default: whole pages. */
  readonly about?: number | undefined
}

export interface HistoryRange {
  /** Returns only events with a higher number. Default: 0, all events. */
  readonly after?: number
  /** The maximum number of events to return and to read. Default: no limit. */
  readonly limit?: number
}

export interface ScanRange {
  /** An id: the scan starts with the next resource after it. Default: the first resource. */
  readonly after?: string | undefined
  /**
   * The approximate number of events needed, and the maximum for the first page. Default: whole
   * pages.
   */
  readonly about?: number | undefined
  /**
   * One of several parts of the store that can be scanned in parallel. Default: the whole store.
   */
  readonly segment?: { readonly index: number; readonly of: number } | undefined
}

export type Appended =
  | { readonly outcome: 'stored' }
  /** Another writer was first; `by` is the stored event with this number. */
  | { readonly outcome: 'taken'; readonly by: StoredEvent }

export interface Step {
  readonly store: EventStore
  readonly id: string
  /** The number that must be free. */
  readonly number: number
  /**
   * The event to store. Absent: the number only has to be free, so that the resource is unchanged.
   */
  readonly event?: StoredEvent
}

export type Transacted =
  | { readonly outcome: 'stored' }
  /** The stored event with the number of each step, if there is one. */
  | { readonly outcome: 'taken'; readonly by: readonly (StoredEvent | undefined)[] }
