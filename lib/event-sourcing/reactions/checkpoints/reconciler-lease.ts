import type { CheckpointStore } from './checkpoint-store.ts'
import { LeaseLost } from './lease.ts'
import type { ReactorRecord, ReconcilerState } from './reactor-record.ts'

/** The length of the lease since its last write, in milliseconds. */
const LENGTH = 60_000

/**
 * The temporary right to run a reactor's reconciler. Every write extends it, and is conditional on
 * the lease's generation.
 */
export class ReconcilerLease {
  readonly #store: CheckpointStore
  #record: ReactorRecord

  private constructor(store: CheckpointStore, record: ReactorRecord) {
    this.#store = store
    this.#record = record
  }

  /**
   * Takes the lease for the requested passes. `served`: no pass is requested. `busy`: another run
   * holds the lease.
   */
  static async take(
    store: CheckpointStore,
    reactor: string,
  ): Promise<ReconcilerLease | 'served' | 'busy'> {
    for (;;) {
      const record = await store.reactor(reactor)
      if (!record || record.reconciler.asked <= record.reconciler.served) return 'served'
      const { reconciler } = record
      const now = Date.now()
      if ((reconciler.leasedUntil ?? 0) > now) return 'busy'
      const taken = { generation: reconciler.generation + 1, leasedUntil: now + LENGTH }
      const put = await store.putReactor({ ...record, reconciler: { ...reconciler, ...taken } })
      if (put.outcome === 'stored') return new ReconcilerLease(store, put.stored)
    }
  }

  get state(): ReconcilerState {
    return this.#record.reconciler
  }

  /**
   * Writes a change and extends the lease, unless the change ends it.
   * @throws LeaseLost
   */
  async write(change: (state: ReconcilerState) => Partial<ReconcilerState>): Promise<void> {
    for (;;) {
      const { reconciler } = this.#record
      const changed = { ...reconciler, leasedUntil: Date.now() + LENGTH, ...change(reconciler) }
      const put = await this.#store.putReactor({ ...this.#record, reconciler: changed })
      const there = put.outcome === 'stored' ? put.stored : put.by
      if (!there || there.reconciler.generation !== reconciler.generation) {
        throw new LeaseLost(`Another run has taken the reconciler of ${this.#record.reactor}`)
      }
      if (put.outcome === 'stored') {
        this.#record = there
        return
      }
      // A request came meanwhile.
      const { asked } = there.reconciler
      this.#record = { ...there, reconciler: { ...reconciler, asked } }
    }
  }
}
