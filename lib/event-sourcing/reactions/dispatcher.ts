import { type Binding, bindingOf } from '../binding.ts'
import type { StoredEvent } from '../event.ts'
import { deadline } from '../runtime/time-left.ts'
import { Beginnings } from './beginnings.ts'
import type { Checkpoint } from './checkpoints/checkpoint.ts'
import type { CheckpointStore } from './checkpoints/checkpoint-store.ts'
import { LeaseLost } from './checkpoints/lease.ts'
import { ReactionRun, type RunOutcome } from './reaction-run.ts'
import { concerns } from './reaction-to.ts'
import type { AnyReactor, Reactors } from './reactor.ts'
import { Reconciler } from './reconciler.ts'

/** Receives the dispatcher's progress, for logs and metrics. */
export interface DispatcherObserver {
  /** @param time the duration of the handler, in milliseconds */
  handled?(reactor: string, event: StoredEvent, time: number): void
  parked?(checkpoint: Checkpoint, cause: unknown): void
  /** Receives the number of resources that the reconciler has compared in this pass. */
  progress?(reactor: string, resources: number): void
}

export interface DispatcherOptions {
  readonly reactors: Reactors
  readonly checkpoints: CheckpointStore
  readonly observer?: DispatcherObserver
  /** The maximum number of resources in parallel. Default: 10. */
  readonly atOnce?: number
}

/** The key and the stored type of an event from a stream. */
export interface StreamedEvent {
  readonly id: string
  readonly number: number
  readonly type: string
}

const AT_ONCE = 10
/** The duration of a reconciler run that the schedule starts, in milliseconds. */
const RECONCILE = 50_000
/** The number of due resources that are read before they are run. */
const BATCH_SIZE = 100
/** The minimum remaining time for new work, in milliseconds. */
const LEAST_TIME = 5000

interface Work {
  readonly reactor: string
  readonly id: string
  readonly seen: number
}

/**
 * Brings reactors up to date. A table's stream only wakes the dispatcher: the table decides the
 * events and their order.
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
   * Brings the table's reactors up to date with the resources of new events. After an error, the
   * same stream records have to be delivered again.
   * @throws AggregateError for resources whose store did not answer, StoreUnavailable, or Error if
   * the time was over
   */
  async wake(table: string, events: readonly StreamedEvent[]): Promise<void> {
    const names = Object.keys(this.#reactors).filter((name) => this.#tableOf(name) === table)
    await Promise.all(names.map((name) => this.#began(name)))
    const work = names.flatMap((reactor) => {
      const heads = new Map<string, number>()
      for (const { id, number, type } of events) {
        if (!concerns(this.#reactor(reactor), type)) continue
        heads.set(id, Math.max(heads.get(id) ?? 0, number))
      }
      return [...heads].map(([id, seen]) => ({ reactor, id, seen }))
    })
    const left = await this.#all(work)
    if (left > 0) throw new Error(`Out of time: ${left} resources have to come again`)
  }

  /**
   * Runs due work: resources whose pause or lease has ended. Then continues an unfinished
   * reconciler pass for a while.
   * @throws AggregateError of all failures; the failure of one reactor does not stop the others
   */
  async runDue(): Promise<void> {
    await this.#each(async (reactor) => {
      // The schedule runs from the deployment on, so a new reactor starts here.
      await this.#began(reactor)
      let work: Work[] = []
      for await (const { id, seen } of this.#checkpoints.due(reactor, Date.now())) {
        work.push({ reactor, id, seen })
        if (work.length < BATCH_SIZE) continue
        if ((await this.#all(work)) > 0) return
        work = []
      }
      await this.#all(work)
    })
    await this.#goOn(performance.now() + RECONCILE)
  }

  /**
   * Compares every resource's newest event with the checkpoints. Runs the reactors for events that
   * the stream missed. If the time runs out, the schedule continues the pass.
   * @returns whether the pass is complete
   * @throws AggregateError of all failures; the failure of one reactor does not stop the others
   */
  async reconcile(): Promise<boolean> {
    await this.#each(async (reactor) => this.#reconciler(reactor).ask())
    return this.#goOn(deadline())
  }

  /**
   * Reconciles until a time, as a value of `performance.now()`. Each reactor gets an equal share.
   */
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
   * Runs resources in parallel. Resources that may have crashed a process run last, one at a time,
   * those with the fewest attempts first.
   * @returns the number of resources that are left when the time is over
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
      // The run that took the lease continues the work.
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

  /**
   * Returns the start of a reactor. A new reactor with `begins: 'beginning'` also requests a
   * reconciler pass, which runs it for all resources.
   */
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
