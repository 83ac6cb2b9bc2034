import type { Checkpoint } from './checkpoint.ts'

/** The store of reactors' checkpoints. Every read of a single checkpoint is strongly consistent. */
export interface CheckpointStore {
  readonly name: string
  /** @throws StoreUnavailable */
  get(reactor: string, id: string): Promise<Checkpoint | undefined>
  /**
   * Writes a checkpoint as the next revision, if its current revision is still the newest. Returns
   * the stored checkpoint, whose `revision` is one higher after a successful write.
   * @throws StoreUnavailable, OutcomeUnknown
   */
  put(checkpoint: Checkpoint): Promise<Put>
  /**
   * Returns the checkpoints of all reactors for one resource.
   * @throws StoreUnavailable
   */
  about(id: string): AsyncIterable<Checkpoint>
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
}

export type Put =
  | { readonly outcome: 'stored'; readonly checkpoint: Checkpoint }
  /** Another writer was first; `by` is the stored checkpoint. */
  | { readonly outcome: 'taken'; readonly by: Checkpoint | undefined }
