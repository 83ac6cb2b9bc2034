import type { EventStore } from '../store/event-store.ts'
import { type Checkpoint, heardOf, isBehind, settled } from './checkpoint.ts'
import type { CheckpointStore } from './checkpoint-store.ts'
import { type Head, headsOf } from './heads.ts'
import { Lease, LeaseLost } from './lease.ts'

export interface ReconcilerOptions {
  readonly reactor: string
  /** Of the resources that it reacts to. */
  readonly store: EventStore
  readonly checkpoints: CheckpointStore
  /** Brings resources up to date; says how many were left when the time was over. */
  readonly bringUp: (heads: readonly Head[]) => Promise<number>
  /** Hears how many resources a pass has compared. */
  readonly progress: (resources: number) => void
}

/** What is kept of a pass between two runs. */
interface Pass {
  /** The request that it serves. */
  readonly asked: number
  /** The last resource that was compared. */
  readonly after?: string
  readonly resources: number
}

/** Under this id stands how far the reconciler of a reactor has come, as a checkpoint of its own. */
const PASSES = '#passes'
/** How long others leave it alone after it has last been heard of, in milliseconds. */
const LEASE = 60_000
const TOGETHER = 100

/**
 * Finds what the stream has never told of: a pass compares every resource's newest event with the
 * checkpoints. One that was asked for goes on, wherever it was, until it has come to its end; what is
 * asked for meanwhile is one more. One process at a time is at it.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions
  readonly #name: string

  constructor(options: ReconcilerOptions) {
    this.#options = options
    this.#name = `#${options.reactor}`
  }

  /** Whatever is there by now will be found. */
  async ask(): Promise<void> {
    const { checkpoints } = this.#options
    for (;;) {
      const there = (await this.#checkpoint()) ?? heardOf(this.#name, PASSES, 0)
      const seen = Math.max(Date.now(), there.seen + 1)
      if ((await checkpoints.put({ ...there, seen })).outcome === 'stored') return
    }
  }

  /**
   * @param hasTime whether anything more may be begun
   * @returns whether all that was asked for has come to its end
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

  /** @returns whether it came to the end */
  async #pass(lease: Lease, hasTime: () => boolean): Promise<boolean> {
    const { store, progress } = this.#options
    const begun = passOf(lease.checkpoint)
    let pass = begun
    const compare = async (heads: readonly Head[]): Promise<boolean> => {
      for (let first = 0; first < heads.length; first += TOGETHER) {
        const some = heads.slice(first, first + TOGETHER)
        if (!hasTime() || !(await this.#bringUp(some))) return false
        pass = { ...pass, ...(await this.#keep(lease, pass, some)) }
      }
      progress(pass.resources)
      return true
    }
    for await (const { heads, open } of headsOf(store, begun.after)) {
      if (!(await compare(heads))) return false
      if (hasTime()) continue
      // A history that takes all the time there is: it is brought up to date without comparing.
      if (open && pass === begun && (await this.#bringUp([{ ...open, isCut: true }]))) {
        await this.#keep(lease, pass, [open])
      }
      return false
    }
    return true
  }

  /** @returns whether the time was enough for all of them */
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
