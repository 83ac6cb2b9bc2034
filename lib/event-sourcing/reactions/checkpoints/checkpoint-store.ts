import type { Checkpoint } from './checkpoint.ts'
import type { ReactorRecord } from './reactor-record.ts'

/**
 * The store of checkpoints, one per reactor and resource, and of one record per reactor. Every read
 * of a single item is strongly consistent.
 */
export interface CheckpointStore {
  readonly name: string
  /** @throws StoreUnavailable */
  get(reactor: string, id: string): Promise<Checkpoint | undefined>
  /**
   * Writes a checkpoint as the next revision, if its current revision is still the newest. Returns
   * the stored checkpoint, whose `revision` is one higher after a successful write.
   * @throws StoreUnavailable, OutcomeUnknown
   */
  put(checkpoint: Checkpoint): Promise<Put<Checkpoint>>
  /** @throws StoreUnavailable */
  reactor(name: string): Promise<ReactorRecord | undefined>
  /**
   * Writes the record of a reactor, like `put`.
   * @throws StoreUnavailable, OutcomeUnknown
   */
  putReactor(record: ReactorRecord): Promise<Put<ReactorRecord>>
  /**
   * Returns the records of all reactors.
   * @throws StoreUnavailable
   */
  reactors(): AsyncIterable<ReactorRecord>
  /**
   * Returns a reactor's checkpoints whose lease or pause has ended by `now`. May miss very recent
   * writes.
   * @throws StoreUnavailable
   */
  due(reactor: string, now: number): AsyncIterable<Checkpoint>
  /**
   * Returns all checkpoints of a reactor in a stable order. Starts after a resource if one is
   * given.
   * @throws StoreUnavailable
   */
  all(reactor: string, after?: string): AsyncIterable<Checkpoint>
  /**
   * Deletes the checkpoints and the record of a reactor that no code runs any more.
   * @throws StoreUnavailable
   */
  forget(reactor: string): Promise<void>
}

export type Put<T> =
  | { readonly outcome: 'stored'; readonly stored: T }
  /** Another writer was first; `by` is the stored item. */
  | { readonly outcome: 'taken'; readonly by: T | undefined }
