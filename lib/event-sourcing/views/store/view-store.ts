/** The key of an entry. */
export interface Place {
  /** One of the partitions of a build, or of the framework's own records. */
  readonly partition: string
  readonly item: string
}

/**
 * An entry in the storage of views: a resource of a list, a row of a fold, the position of a fold in
 * a resource's events, or the record of a view.
 */
export interface Entry extends Place {
  /** The key by which queries find a resource of a list. Absent: they do not find the entry. */
  readonly key?: string
  /** Orders the entries of a key. Present with `key`. */
  readonly sort?: string
  /** Grows with each write. A whole number from 1 on. */
  readonly revision: number
  readonly body: Readonly<Record<string, unknown>>
}

/** A write that takes effect only if the stored entry has the revision `was`. 0: there is none. */
export interface Change {
  readonly entry: Entry
  readonly was: number
}

export interface EntryRange {
  /** The lowest value, inclusive. Default: all. */
  readonly from?: string | undefined
  /** The upper end, exclusive. Default: all. */
  readonly before?: string | undefined
  /** Only values behind this one, in the order of the read. Default: all. */
  readonly after?: string | undefined
  /** Default: false. */
  readonly descending?: boolean | undefined
  /** The approximate number of entries needed. Default: whole pages. */
  readonly about?: number | undefined
}

/** The outcome of writing entries together. */
export type Changed =
  | { readonly outcome: 'stored' }
  /** The stored entries that were in the way, by position; undefined: none was. */
  | { readonly outcome: 'taken'; readonly by: readonly (Entry | undefined | 'none')[] }

/** The most entries of one transaction. */
export const MOST_CHANGES = 100

/**
 * The storage of all views. Texts are ordered by their UTF-8 bytes. The store retries failures until
 * the time limit (see `within`). `viewStoreContract` in ../../testing tests these guarantees.
 */
export interface ViewStore {
  /** The name of the storage, such as a table's name. */
  readonly name: string
  /**
   * Returns an entry, strongly consistent.
   * @throws StoreUnavailable
   */
  get(place: Place): Promise<Entry | undefined>
  /**
   * Writes an entry, unless the stored one has the same or a higher revision.
   * @returns whether it was written
   * @throws StoreUnavailable
   */
  putNewer(entry: Entry): Promise<boolean>
  /**
   * Writes at most 100 entries, all or none.
   * @throws StoreUnavailable; the error of the storage for an entry that it cannot store
   */
  change(changes: readonly Change[]): Promise<Changed>
  /**
   * Returns the entries of a partition, by `item`, strongly consistent.
   * @throws StoreUnavailable
   */
  entries(partition: string, range?: EntryRange): AsyncIterable<Entry>
  /**
   * Returns the entries with a key, by `sort`. May miss the writes of the last moments, and show the
   * entries that they replace.
   * @throws StoreUnavailable
   */
  found(key: string, range?: EntryRange): AsyncIterable<Entry>
  /**
   * Deletes entries.
   * @throws StoreUnavailable
   */
  remove(places: readonly Place[]): Promise<void>
}
