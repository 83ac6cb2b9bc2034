import { type Binding, bindingOf } from '../binding.ts'
import type { StoredEvent } from '../event.ts'
import { deadline } from '../runtime/time-left.ts'
import { Beginnings } from './beginnings.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { CheckpointStore } from './checkpoint-store.ts'
import { LeaseLost } from './lease.ts'
import { ReactionRun, type RunOutcome } from './reaction-run.ts'
import { concerns } from './reaction-to.ts'
import type { AnyReactor, Reactors } from './reactor.ts'
import { Reconciler } from './reconciler.ts'

/** Hears what becomes of resources: for logs and metrics. */
export interface DispatcherObserver {
  /** @param time that the handler took, in milliseconds */
  handled?(reactor: string, event: StoredEvent, time: number): void
  parked?(checkpoint: Checkpoint, cause: unknown): void
  /** So many resources the reconciler has compared in this pass. */
  progress?(reactor: string, resources: number): void
}

export interface DispatcherOptions {
  readonly reactors: Reactors
  readonly checkpoints: CheckpointStore
  readonly observer?: DispatcherObserver
  /** So many resources are worked on at once. Default: 10. */
  readonly atOnce?: number
}

/** What a stream tells of an event, as it is stored. */
export interface Told {
  readonly id: string
  readonly number: number
  readonly type: string
}

const AT_ONCE = 10
/** So long, in milliseconds, the reconciler goes on each time that the schedule comes by. */
const RECONCILE = 50_000
/** So many resources that are due are read before they are worked on. */
const TOGETHER = 100
/** With less, in milliseconds, nothing is begun. */
const LEAST_TIME = 5000

interface Work {
  readonly reactor: string
  readonly id: string
  readonly seen: number
}

/**
 * Brings reactors up to date. A table's stream only wakes it: what there is to do, and in which
 * order, the table says.
 */
export class Dispatcher {
  readonly #reactors: Reactors
  readonly #checkpoints: CheckpointStore
  readonly #observer: DispatcherObserver
  readonly #atOnce: number
  readonly #beginnings: Beginnings

  constructor({ reactors, checkpoints, observer = {}, atOnce = AT_ONCE }: DispatcherOptions) {
    this.#reactors = reactors
    this.#checkpoints = checkpoints
    this.#beginnings = new Beginnings(checkpoints)
    this.#observer = observer
    this.#atOnce = atOnce
  }

  /**
   * New events of a table: its reactors are brought up to date with those resources.
   * @throws AggregateError of resources that a store did not answer for, StoreUnavailable, or Error
   * where the time was over; then the same records have to come again
   */
  async wake(table: string, told: readonly Told[]): Promise<void> {
    const names = Object.keys(this.#reactors).filter((name) => this.#tableOf(name) === table)
    await Promise.all(names.map((name) => this.#began(name)))
    const work = names.flatMap((reactor) => {
      const heads = new Map<string, number>()
      for (const { id, number, type } of told) {
        if (!concerns(this.#reactor(reactor), type)) continue
        heads.set(id, Math.max(heads.get(id) ?? 0, number))
      }
      return [...heads].map(([id, seen]) => ({ reactor, id, seen }))
    })
    const left = await this.#all(work)
    if (left > 0) throw new Error(`Out of time: ${left} resources have to come again`)
  }

  /**
   * Whatever waits: pauses that are over, leases whose holders are gone; then the reconciler, for a
   * while, where it has not come to its end.
   * @throws AggregateError of what failed; no reactor keeps another one from its work
   */
  async takeUp(): Promise<void> {
    await this.#each(async (reactor) => {
      // The schedule runs from the deployment on: so this is where a new reactor begins.
      await this.#began(reactor)
      let work: Work[] = []
      for await (const { id, seen } of this.#checkpoints.due(reactor, Date.now())) {
        work.push({ reactor, id, seen })
        if (work.length < TOGETHER) continue
        if ((await this.#all(work)) > 0) return
        work = []
      }
      await this.#all(work)
    })
    await this.#goOn(performance.now() + RECONCILE)
  }

  /**
   * Compares every resource's newest event with the checkpoints, and brings up to date what the
   * stream has never told of. Where its time is over, the schedule goes on with it.
   * @returns whether it came to the end
   * @throws AggregateError of what failed; no reactor keeps another one from its work
   */
  async reconcile(): Promise<boolean> {
    await this.#each(async (reactor) => this.#reconciler(reactor).ask())
    return this.#goOn(deadline())
  }

  /** Reconciles until then, by `performance.now()`: each reactor has its share of the time. */
  async #goOn(until: number): Promise<boolean> {
    let isWhole = true
    let left = Object.keys(this.#reactors).length
    await this.#each(async (reactor) => {
      const now = performance.now()
      const end = now + (until - now) / left
      left -= 1
      const hasShare = () => hasTime(2 * LEAST_TIME) && performance.now() < end
      isWhole = (await this.#reconciler(reactor).goOn(hasShare)) && isWhole
    })
    return isWhole
  }

  async #each(work: (reactor: string) => Promise<void>): Promise<void> {
    const failures: unknown[] = []
    for (const reactor of Object.keys(this.#reactors)) {
      await work(reactor).catch((error) => failures.push(error))
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Not all reactors could go on')
  }

  /**
   * A few at a time; those that may have ended a process before come last, one by one, and of these
   * those first that were least often there.
   * @returns how many were left when the time was over
   */
  async #all(work: readonly Work[]): Promise<number> {
    const left = [...work]
    const suspects: (Work & { readonly attempts: number })[] = []
    const failures: unknown[] = []
    const take = async (): Promise<void> => {
      for (let next = hasTime() && left.shift(); next; next = hasTime() && left.shift()) {
        const outcome = await this.#run(next, failures)
        if (outcome?.outcome === 'suspect') suspects.push({ ...next, attempts: outcome.attempts })
      }
    }
    await Promise.all(Array.from({ length: Math.min(this.#atOnce, work.length) }, take))
    suspects.sort((one, other) => one.attempts - other.attempts)
    for (const suspect of suspects) if (hasTime()) await this.#run(suspect, failures, true)
    if (failures.length > 0)
      throw new AggregateError(failures, 'Not all resources could be reached')
    return left.length
  }

  async #run(
    { reactor, id, seen }: Work,
    failures: unknown[],
    isAlone = false,
  ): Promise<RunOutcome | undefined> {
    try {
      const outcome = await this.#runOf(reactor).run(id, seen, isAlone)
      if (outcome.outcome === 'parked') this.#observer.parked?.(outcome.checkpoint, outcome.cause)
      return outcome
    } catch (error) {
      // Whoever has taken the lease has taken the work.
      if (!(error instanceof LeaseLost)) failures.push(error)
      return undefined
    }
  }

  #runOf(name: string): ReactionRun {
    const reactor = this.#reactor(name)
    return new ReactionRun({
      name,
      reactor,
      checkpoints: this.#checkpoints,
      began: () => this.#began(name),
      handled: (event, time) => this.#observer.handled?.(name, event, time),
    })
  }

  /** A new one that begins with each resource's first event is given all of them at once. */
  #began(name: string): Promise<string> {
    return this.#beginnings.of(name, async () => {
      if (this.#reactor(name).begins === 'beginning') await this.#reconciler(name).ask()
    })
  }

  #reconciler(name: string): Reconciler {
    return new Reconciler({
      reactor: name,
      store: this.#binding(name).store,
      checkpoints: this.#checkpoints,
      bringUp: (heads) => this.#all(heads.map((head) => ({ reactor: name, ...head }))),
      progress: (resources) => this.#observer.progress?.(name, resources),
    })
  }

  #reactor(name: string): AnyReactor {
    const reactor = this.#reactors[name]
    if (reactor) return reactor
    throw new TypeError(`There is no reactor ${name}`)
  }

  #binding(name: string): Binding {
    return bindingOf(this.#reactor(name).of)
  }

  #tableOf(name: string): string {
    return this.#binding(name).store.name
  }
}

function hasTime(least = LEAST_TIME): boolean {
  return deadline() - performance.now() > least
}
