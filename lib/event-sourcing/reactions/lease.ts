import { type Checkpoint, heardOf, isFree, leased, withSeen } from './checkpoint.ts'
import type { CheckpointStore } from './checkpoint-store.ts'

/** Somebody else has taken the resource since, so nothing may be written for it any more. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

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
   * Takes the lease of a resource. Undefined where somebody else has it or it is parked; whoever
   * takes it next knows then up to which number there is something to do.
   * @param length in milliseconds
   */
  static async take(
    store: CheckpointStore,
    reactor: string,
    id: string,
    seen: number,
    length: number,
  ): Promise<Lease | undefined> {
    for (;;) {
      const there = (await store.get(reactor, id)) ?? heardOf(reactor, id, seen)
      const heard = withSeen(there, seen)
      const free = isFree(there, Date.now())
      if (!free && heard === there) return undefined
      // Whoever holds it finds the higher number when it lets go: its write is refused for it.
      const put = await store.put(free ? leased(heard, Date.now() + length) : heard)
      if (put.outcome === 'stored') return free ? new Lease(store, put.checkpoint) : undefined
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
