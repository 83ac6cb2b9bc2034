import type { Checkpoint } from './checkpoint.ts'

/** Where reactors keep how far they have come. Every read of one checkpoint is strongly consistent. */
export interface CheckpointStore {
  readonly name: string
  /** @throws StoreUnavailable */
  get(reactor: string, id: string): Promise<Checkpoint | undefined>
  /**
   * Writes a checkpoint, as the next revision, if the one it was made from is still the newest.
   * Gives what is there then: its own `revision` is one more where it was written.
   * @throws StoreUnavailable, OutcomeUnknown
   */
  put(checkpoint: Checkpoint): Promise<Put>
  /**
   * Those of all reactors about one resource.
   * @throws StoreUnavailable
   */
  about(id: string): AsyncIterable<Checkpoint>
  /**
   * Those of a reactor that somebody has to take: whose lease or pause is over by `now`. What was
   * written a moment ago may be missing.
   * @throws StoreUnavailable
   */
  due(reactor: string, now: number): AsyncIterable<Checkpoint>
  /**
   * All of a reactor, in an order that stays; from behind a resource on, if one is given.
   * @throws StoreUnavailable
   */
  all(reactor: string, after?: string): AsyncIterable<Checkpoint>
}

export type Put =
  | { readonly outcome: 'stored'; readonly checkpoint: Checkpoint }
  /** Somebody else has written in between; what, is in `by`. */
  | { readonly outcome: 'taken'; readonly by: Checkpoint | undefined }
