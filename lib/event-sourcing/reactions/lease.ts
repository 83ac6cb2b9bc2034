import { type Checkpoint, heardOf, isFree, leased, withSeen } from './checkpoint.ts'
import type { CheckpointStore } from './checkpoint-store.ts'

/** Somebody else has taken the resource since, so nothing may be written for it any more. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

export interface Wanted {
  readonly reactor: string
  readonly id: string
  /** The highest number that was heard of. */
  readonly seen: number
  /** In milliseconds. */
  readonly length: number
  /** Nothing else is under way in this process: one that may end it may be taken, too. */
  readonly isAlone?: boolean
}

export type NotTaken =
  | { readonly outcome: 'busy' }
  /** It was begun so often, and never ended. */
  | { readonly outcome: 'suspect'; readonly attempts: number }

/**
 * The right to bring one resource up to date, for a while. Nobody's clock is trusted with more than
 * that: what is written is written on condition that nobody else has taken a lease since.
 */
export class Lease {
  readonly #store: CheckpointStore
  #checkpoint: Checkpoint

  private constructor(store: CheckpointStore, checkpoint: Checkpoint) {
    this.#store = store
    this.#checkpoint = checkpoint
  }

  /**
   * Takes the lease of a resource, unless somebody else has it or it is parked, or may have ended a
   * process; whoever takes it next knows then up to which number there is something to do.
   */
  static async take(
    store: CheckpointStore,
    { reactor, id, seen, length, isAlone = false }: Wanted,
  ): Promise<Lease | NotTaken> {
    for (;;) {
      const there = (await store.get(reactor, id)) ?? heardOf(reactor, id, seen)
      const heard = withSeen(there, seen)
      const notTaken = reasonNotToTake(there, isAlone)
      if (notTaken && heard === there) return notTaken
      // Whoever holds it finds the higher number when it lets go: its write is refused for it.
      const put = await store.put(notTaken ? heard : leased(heard, Date.now() + length))
      if (put.outcome === 'stored') return notTaken ?? new Lease(store, put.checkpoint)
    }
  }

  get checkpoint(): Checkpoint {
    return this.#checkpoint
  }

  /** Whether it was not let go yet. */
  get isHeld(): boolean {
    return this.#checkpoint.due !== undefined
  }

  /**
   * Writes what has become of the resource.
   * @throws LeaseLost
   */
  async write(change: (checkpoint: Checkpoint) => Checkpoint): Promise<void> {
    for (;;) {
      const put = await this.#store.put(change(this.#checkpoint))
      const there = put.outcome === 'stored' ? put.checkpoint : put.by
      if (!there || there.generation !== this.#checkpoint.generation) {
        throw new LeaseLost(`Another run has taken ${this.#checkpoint.id}`)
      }
      this.#checkpoint =
        put.outcome === 'stored'
          ? put.checkpoint
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
