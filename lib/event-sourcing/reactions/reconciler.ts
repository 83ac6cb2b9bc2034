import type { CheckpointStore } from './checkpoints/checkpoint-store.ts'
import { LeaseLost } from './checkpoints/lease.ts'
import { asking, type Pass } from './checkpoints/reactor-record.ts'
import { ReconcilerLease } from './checkpoints/reconciler-lease.ts'
import { type Head, headsOf } from './heads.ts'
import type { ReactorRunner } from './reactor-runner.ts'

export interface ReconcilerOptions {
  readonly runner: ReactorRunner
  readonly checkpoints: CheckpointStore
  /** Runs the reactor for resources. Returns how many are left when the time is over. */
  readonly bringUp: (heads: readonly Head[]) => Promise<number>
  /** Receives the number of resources that a pass has compared. */
  readonly progress: (resources: number) => void
}

const BATCH_SIZE = 100

/**
 * Finds events that the stream missed. A pass compares every resource's newest event with the
 * checkpoints. A requested pass continues across runs until it is complete. A request during a pass
 * starts another pass. Only one process runs the reconciler at a time.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions

  constructor(options: ReconcilerOptions) {
    this.#options = options
  }

  /** Requests a pass. The pass covers all events stored before the request. */
  async ask(): Promise<void> {
    const { runner, checkpoints } = this.#options
    for (;;) {
      const put = await checkpoints.putReactor(asking(await runner.record(), Date.now()))
      if (put.outcome === 'stored') return
    }
  }

  /**
   * Continues the requested passes.
   * @param hasTime whether there is time for more work
   * @returns whether all requested passes are complete
   */
  async continuePasses(hasTime: () => boolean): Promise<boolean> {
    const { runner, checkpoints } = this.#options
    const lease = await ReconcilerLease.take(checkpoints, runner.name)
    if (!(lease instanceof ReconcilerLease)) return lease === 'served'
    try {
      while (lease.state.served < lease.state.asked) {
        const { asked, pass = { serves: asked, resources: 0 } } = lease.state
        if (!(await this.#pass(lease, pass, hasTime))) {
          await lease.write(() => ({ leasedUntil: undefined }))
          return false
        }
        await lease.write((state) => ({
          served: pass.serves,
          pass: undefined,
          ...(state.asked <= pass.serves && { leasedUntil: undefined }),
        }))
      }
      return true
    } catch (error) {
      if (error instanceof LeaseLost) return false
      throw error
    }
  }

  /** @returns whether the pass is complete */
  async #pass(lease: ReconcilerLease, begun: Pass, hasTime: () => boolean): Promise<boolean> {
    const { runner, progress } = this.#options
    let pass = begun
    const keep = async (heads: readonly Head[]) => {
      const { id: after } = heads.at(-1) ?? { id: pass.after }
      pass = { ...pass, after, resources: pass.resources + heads.length }
      await lease.write(() => ({ pass }))
    }
    const compare = async (heads: readonly Head[]): Promise<boolean> => {
      for (let first = 0; first < heads.length; first += BATCH_SIZE) {
        const some = heads.slice(first, first + BATCH_SIZE)
        if (!hasTime() || !(await this.#bringUp(some))) return false
        await keep(some)
      }
      progress(pass.resources)
      return true
    }
    for await (const { heads, open } of headsOf(runner.store, begun.after)) {
      if (!(await compare(heads))) return false
      if (hasTime()) continue
      // The history of one resource uses all the time, so the reactor runs without a comparison.
      if (open && pass === begun && (await this.#bringUp([{ ...open, isCut: true }]))) {
        await keep([open])
      }
      return false
    }
    return true
  }

  /** @returns whether the time was enough for all resources */
  async #bringUp(heads: readonly Head[]): Promise<boolean> {
    const { runner, checkpoints, bringUp } = this.#options
    const behind = await Promise.all(
      heads.map(async (head) => {
        const { handled = 0 } = (await checkpoints.get(runner.name, head.id)) ?? {}
        return head.isCut || handled < head.seen ? [head] : []
      }),
    )
    return (await bringUp(behind.flat())) === 0
  }
}
