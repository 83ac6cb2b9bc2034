import type { EventStore } from '../store/event-store.ts'
import { type Checkpoint, isBehind, newCheckpoint, settled } from './checkpoints/checkpoint.ts'
import type { CheckpointStore } from './checkpoints/checkpoint-store.ts'
import { Lease, LeaseLost } from './checkpoints/lease.ts'
import { type Head, headsOf } from './heads.ts'

export interface ReconcilerOptions {
  readonly reactor: string
  /** The store of the resources to which the reactor reacts. */
  readonly store: EventStore
  readonly checkpoints: CheckpointStore
  /** Runs the reactor for resources. Returns how many are left when the time is over. */
  readonly bringUp: (heads: readonly Head[]) => Promise<number>
  /** Receives the number of resources that a pass has compared. */
  readonly progress: (resources: number) => void
}

/** The state of a pass, stored between two runs. */
interface Pass {
  /** The request that the pass serves. */
  readonly asked: number
  /** The last compared resource. */
  readonly after?: string
  readonly resources: number
}

/** The id of the checkpoint that stores the progress of a reactor's reconciler. */
const PASSES = '#passes'
/** The length of the reconciler's lease since its last write, in milliseconds. */
const LEASE = 60_000
const BATCH_SIZE = 100

/**
 * Finds events that the stream missed. A pass compares every resource's newest event with the
 * checkpoints. A requested pass continues across runs until it is complete. A request during a pass
 * starts another pass. Only one process runs the reconciler at a time.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions
  readonly #name: string

  constructor(options: ReconcilerOptions) {
    this.#options = options
    this.#name = `#${options.reactor}`
  }

  /** Requests a pass. The pass covers all events stored before the request. */
  async ask(): Promise<void> {
    const { checkpoints } = this.#options
    for (;;) {
      const there = (await this.#checkpoint()) ?? newCheckpoint(this.#name, PASSES, 0)
      const seen = Math.max(Date.now(), there.seen + 1)
      if ((await checkpoints.put({ ...there, seen })).outcome === 'stored') return
    }
  }

  /**
   * Continues the requested passes.
   * @param hasTime whether there is time for more work
   * @returns whether all requested passes are complete
   */
  async goOn(hasTime: () => boolean): Promise<boolean> {
    const there = await this.#checkpoint()
    if (!there || !isBehind(there)) return true
    const wanted = { reactor: this.#name, id: PASSES, seen: 0, length: LEASE, isAlone: true }
    const lease = await Lease.take(this.#options.checkpoints, wanted)
    if (!(lease instanceof Lease)) return false
    try {
      while (lease.isHeld) {
        const { asked } = passOf(lease.checkpoint)
        if (!(await this.#pass(lease, hasTime))) {
          await lease.write((checkpoint) => ({ ...checkpoint, due: Date.now() }))
          return false
        }
        await lease.write(({ note: _, ...rest }) => settled(rest, asked, Date.now() + LEASE))
      }
      return true
    } catch (error) {
      if (error instanceof LeaseLost) return false
      throw error
    }
  }

  /** @returns whether the pass is complete */
  async #pass(lease: Lease, hasTime: () => boolean): Promise<boolean> {
    const { store, progress } = this.#options
    const begun = passOf(lease.checkpoint)
    let pass = begun
    const compare = async (heads: readonly Head[]): Promise<boolean> => {
      for (let first = 0; first < heads.length; first += BATCH_SIZE) {
        const some = heads.slice(first, first + BATCH_SIZE)
        if (!hasTime() || !(await this.#bringUp(some))) return false
        pass = { ...pass, ...(await this.#keep(lease, pass, some)) }
      }
      progress(pass.resources)
      return true
    }
    for await (const { heads, open } of headsOf(store, begun.after)) {
      if (!(await compare(heads))) return false
      if (hasTime()) continue
      // The history of one resource uses all the time, so the reactor runs without a comparison.
      if (open && pass === begun && (await this.#bringUp([{ ...open, isCut: true }]))) {
        await this.#keep(lease, pass, [open])
      }
      return false
    }
    return true
  }

  /** @returns whether the time was enough for all resources */
  async #bringUp(heads: readonly Head[]): Promise<boolean> {
    const { reactor, checkpoints, bringUp } = this.#options
    const behind = await Promise.all(
      heads.map(async (head) => {
        const { handled = 0 } = (await checkpoints.get(reactor, head.id)) ?? {}
        return head.isCut || handled < head.seen ? [head] : []
      }),
    )
    return (await bringUp(behind.flat())) === 0
  }

  async #keep(lease: Lease, { asked, resources }: Pass, heads: readonly Head[]): Promise<Pass> {
    const { id: after = '' } = heads.at(-1) ?? {}
    const pass: Pass = { asked, after, resources: resources + heads.length }
    const note = JSON.stringify(pass)
    await lease.write((checkpoint) => ({ ...checkpoint, note, due: Date.now() + LEASE }))
    return pass
  }

  #checkpoint(): Promise<Checkpoint | undefined> {
    return this.#options.checkpoints.get(this.#name, PASSES)
  }
}

function passOf({ note, seen }: Checkpoint): Pass {
  return note === undefined ? { asked: seen, resources: 0 } : JSON.parse(note)
}
