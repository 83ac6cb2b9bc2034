import { type Checkpoint, isFree, leased, newCheckpoint, withSeen } from './checkpoint.ts'
import type { CheckpointStore } from './checkpoint-store.ts'

/** Another run has taken the lease, so this run must not write to the checkpoint any more. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

export interface Wanted {
  readonly reactor: string
  readonly id: string
  /** The highest known event number. */
  readonly seen: number
  /** The last event before the reactor's start, for a new checkpoint. Default: not decided yet. */
  readonly handled?: number | undefined
  /** The length of the lease, in milliseconds. */
  readonly length: number
  /**
   * Whether nothing else runs in this process. Then the lease may be taken for a resource that may
   * crash it.
   */
  readonly isAlone?: boolean
}

export type NotTaken =
  | { readonly outcome: 'busy' }
  /** Earlier runs started this often and never finished. */
  | { readonly outcome: 'suspect'; readonly attempts: number }

/**
 * The temporary right to run a reactor for one resource. Clocks only limit its duration. Every
 * write is conditional on the lease's generation, so that only the newest lease can write.
 */
export class Lease {
  readonly #store: CheckpointStore
  #checkpoint: Checkpoint

  private constructor(store: CheckpointStore, checkpoint: Checkpoint) {
    this.#store = store
    this.#checkpoint = checkpoint
  }

  /**
   * Takes the lease of a resource. Fails if another run holds it, the resource is parked, or the
   * resource may have crashed a process. In these cases the checkpoint still stores `seen`, so that
   * the next run handles the new events.
   */
  static async take(
    store: CheckpointStore,
    { reactor, id, seen, handled, length, isAlone = false }: Wanted,
  ): Promise<Lease | NotTaken> {
    for (;;) {
      const there = (await store.get(reactor, id)) ?? newCheckpoint(reactor, id, seen, handled)
      const heard = withSeen(there, seen)
      const notTaken = reasonNotToTake(there, isAlone)
      if (notTaken && heard === there) return notTaken
      // The write makes the holder's next write fail, so that the holder sees the higher number.
      const put = await store.put(notTaken ? heard : leased(heard, Date.now() + length))
      if (put.outcome === 'stored') return notTaken ?? new Lease(store, put.stored)
    }
  }

  get checkpoint(): Checkpoint {
    return this.#checkpoint
  }

  /** Whether the lease is still held. */
  get isHeld(): boolean {
    return this.#checkpoint.due !== undefined
  }

  /**
   * Writes a change of the checkpoint.
   * @throws LeaseLost
   */
  async write(change: (checkpoint: Checkpoint) => Checkpoint): Promise<void> {
    for (;;) {
      const put = await this.#store.put(change(this.#checkpoint))
      const there = put.outcome === 'stored' ? put.stored : put.by
      if (!there || there.generation !== this.#checkpoint.generation) {
        throw new LeaseLost(`Another run has taken ${this.#checkpoint.id}`)
      }
      this.#checkpoint =
        put.outcome === 'stored'
          ? put.stored
          : { ...withSeen(this.#checkpoint, there.seen), revision: there.revision }
      if (put.outcome === 'stored') return
    }
  }
}

function reasonNotToTake(checkpoint: Checkpoint, isAlone: boolean): NotTaken | undefined {
  const { attempts } = checkpoint
  if (!isFree(checkpoint, Date.now())) return { outcome: 'busy' }
  return attempts > 0 && !isAlone ? { outcome: 'suspect', attempts } : undefined
}
