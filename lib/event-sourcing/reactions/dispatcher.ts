import type { StoredEvent } from '../event.ts'
import { Misuse, RunStopped } from '../runtime/composed-errors.ts'
import { deadline } from '../runtime/time-left.ts'
import type { RunOutcome } from './checkpoints/attempts.ts'
import type { Checkpoint } from './checkpoints/checkpoint.ts'
import type { CheckpointStore } from './checkpoints/checkpoint-store.ts'
import { LeaseLost } from './checkpoints/lease.ts'
import { inParallel } from './parallel.ts'
import type { Reactors } from './reactor.ts'
import { ReactorRunner } from './reactor-runner.ts'
import { Reconciler } from './reconciler.ts'
import { wakeMistakes, wakesOf } from './wakes/names.ts'
import { Timers } from './wakes/timers.ts'
import { WakeRunner, type WokenUp } from './wakes/wake-runner.ts'

/** Receives the dispatcher's progress, for logs and metrics. */
export interface DispatcherObserver {
  /** @param time the duration of the handler, in milliseconds */
  handled?(reactor: string, event: StoredEvent, time: number): void
  /** @param time the duration of the method, in milliseconds */
  woken?(wakeUp: WokenUp, time: number): void
  parked?(checkpoint: Checkpoint, cause: unknown): void
  /** Receives the number of resources that the reconciler has compared in this pass. */
  progress?(reactor: string, resources: number): void
}

export interface DispatcherOptions {
  readonly reactors: Reactors
  readonly checkpoints: CheckpointStore
  readonly observer?: DispatcherObserver
  /**
   * The maximum number of resources that start in parallel. A resource whose handler is slow makes
   * room for the next. Default: 10.
   */
  readonly atOnce?: number
  /**
   * How many times sooner than asked the wake-ups come, for development. Default: 1.
   */
  readonly hurry?: number
  /**
   * Makes another process run a resource that may crash its process: with `runAlone`. Default: this
   * process runs such resources last, one at a time.
   */
  readonly elsewhere?: (suspect: Suspect) => Promise<void>
}

/** A resource that may have crashed a process. */
export interface Suspect {
  readonly reactor: string
  readonly id: string
  /** The highest known event number. */
  readonly seen: number
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
/** The minimum remaining time for new work, in milliseconds. */
const LEAST_TIME = 5000

/** A reactor in this process. */
interface HostedReactor {
  readonly runner: ReactorRunner
  readonly reconciler: Reconciler
  /** The runners of its wake-ups. */
  readonly wakes: readonly WakeRunner[]
}

interface Work {
  readonly runner: ReactorRunner | WakeRunner
  readonly id: string
  readonly seen: number
}

/**
 * Brings reactors up to date. A table's stream only wakes the dispatcher: the table decides the
 * events and their order.
 */
export class Dispatcher {
  readonly #hosted: readonly HostedReactor[]
  readonly #checkpoints: CheckpointStore
  readonly #observer: DispatcherObserver
  readonly #atOnce: number
  readonly #elsewhere: DispatcherOptions['elsewhere']

  constructor(options: DispatcherOptions) {
    const { reactors, checkpoints, observer = {}, atOnce = AT_ONCE, hurry = 1 } = options
    checkHurry(hurry)
    this.#checkpoints = checkpoints
    this.#observer = observer
    this.#atOnce = atOnce
    this.#elsewhere = options.elsewhere
    this.#hosted = Object.entries(reactors).map(([name, reactor]) => {
      const [mistake] = wakeMistakes(name, reactor)
      if (mistake !== undefined) throw new Misuse(`The reactor ${name} ${mistake}`)
      const timers = new Timers({ reactor: name, checkpoints, hurry })
      const runner = new ReactorRunner({
        ...{ name, reactor, checkpoints, timers },
        handled: (event, time) => observer.handled?.(name, event, time),
      })
      const reconciler = new Reconciler({
        runner,
        checkpoints,
        bringUp: (heads) => this.#runAll(heads.map(({ id, seen }) => ({ runner, id, seen }))),
        progress: (resources) => observer.progress?.(name, resources),
      })
      const wakes = [...wakesOf(reactor)].map(
        ([wake, method]) =>
          new WakeRunner({
            ...{ name, reactor, wake, method, checkpoints, timers },
            isPaused: () => runner.isPaused(),
            woken: (wakeUp, time) => observer.woken?.(wakeUp, time),
          }),
      )
      return { runner, reconciler, wakes }
    })
  }

  /** Whether a reactor has to read an event of a table. */
  concerns(table: string, { type }: StreamedEvent): boolean {
    return this.#runnersOf(table).some((runner) => runner.concerns(type))
  }

  /**
   * Brings the table's reactors up to date with the resources of new events. After an error, the
   * same stream records have to be delivered again.
   * @throws AggregateError for resources whose store did not answer, StoreUnavailable, or Error if
   * the time was over
   */
  async wake(table: string, events: readonly StreamedEvent[]): Promise<void> {
    // After a pause, the reconciler finds the events of the meantime.
    const woken = await running(this.#runnersOf(table))
    const work = woken.flatMap((runner) => {
      const heads = new Map<string, number>()
      for (const { id, number, type } of events) {
        if (runner.concerns(type)) heads.set(id, Math.max(heads.get(id) ?? 0, number))
      }
      return [...heads].map(([id, seen]) => ({ runner, id, seen }))
    })
    const left = await this.#runAll(work)
    if (left > 0) throw new RunStopped(`Out of time: ${left} resources have to come again`)
  }

  /**
   * Runs due work: wake-ups, and resources whose pause or lease has ended. Then continues an
   * unfinished reconciler pass for a while.
   * @throws AggregateError of all failures; the failure of one reactor does not stop the others
   */
  async runDue(): Promise<void> {
    const failures: unknown[] = []
    const due = this.#due(failures)
    await this.#runInParallel(async () => (await due.next()).value ?? undefined, failures)
    if (failures.length > 0) throw new AggregateError(failures, 'Not all reactors could go on')
    await this.#reconcileUntil(performance.now() + RECONCILE)
  }

  /**
   * Runs a resource that may crash this process, which has to do nothing else meanwhile.
   * @throws Error for an unknown reactor, or if the store did not answer
   */
  async runAlone({ reactor, id, seen }: Suspect): Promise<void> {
    const runners = this.#hosted.flatMap(({ runner, wakes }) => [runner, ...wakes])
    const runner = runners.find(({ name }) => name === reactor)
    if (!runner) throw new RunStopped(`This dispatcher has no reactor ${reactor}`)
    const failures: unknown[] = []
    await this.#run({ runner, id, seen }, failures, true)
    if (failures.length > 0) throw failures[0]
  }

  /**
   * Compares every resource's newest event with the checkpoints. Runs the reactors for events that
   * the stream missed. If the time runs out, the schedule continues the pass.
   * @returns whether the pass is complete
   * @throws AggregateError of all failures; the failure of one reactor does not stop the others
   */
  async reconcile(): Promise<boolean> {
    await this.#each(({ reconciler }) => reconciler.ask())
    return this.#reconcileUntil(deadline())
  }

  /**
   * Reconciles until a time, as a value of `performance.now()`. Each reactor gets an equal share.
   */
  async #reconcileUntil(until: number): Promise<boolean> {
    let isWhole = true
    let left = this.#hosted.length
    await this.#each(async ({ runner, reconciler }) => {
      if (await runner.isPaused()) {
        isWhole = false
        return
      }
      const now = performance.now()
      const end = now + (until - now) / left
      left -= 1
      const hasShare = () => hasTime(2 * LEAST_TIME) && performance.now() < end
      isWhole = (await reconciler.continuePasses(hasShare)) && isWhole
    })
    return isWhole
  }

  async #each(work: (hosted: HostedReactor) => Promise<void>): Promise<void> {
    const failures: unknown[] = []
    for (const hosted of this.#hosted) {
      await work(hosted).catch((error) => failures.push(error))
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Not all reactors could go on')
  }

  #runnersOf(table: string): ReactorRunner[] {
    return this.#hosted.map(({ runner }) => runner).filter(({ store }) => store.name === table)
  }

  /**
   * Lists the due wake-ups and resources of all reactors. Wake-ups come first, because they must not
   * be late. Collects the failures of reactors.
   */
  async *#due(failures: unknown[]): AsyncGenerator<Work, void> {
    const wakes = this.#hosted.flatMap((hosted) => hosted.wakes)
    for (const runner of [...wakes, ...this.#hosted.map((hosted) => hosted.runner)]) {
      try {
        // The schedule runs from the deployment on, so this registers a new reactor.
        if (runner instanceof WakeRunner) await runner.register()
        if (await runner.isPaused()) continue
        for await (const { id, seen } of this.#checkpoints.due(runner.name, Date.now())) {
          yield { runner, id, seen }
        }
      } catch (error) {
        failures.push(error)
      }
    }
  }

  /**
   * Runs resources in parallel.
   * @returns the number of resources that are left when the time is over
   * @throws AggregateError for resources whose store did not answer
   */
  async #runAll(work: readonly Work[]): Promise<number> {
    const left = [...work]
    const failures: unknown[] = []
    await this.#runInParallel(async () => left.shift(), failures)
    if (failures.length > 0)
      throw new AggregateError(failures, 'Not all resources could be reached')
    return left.length
  }

  /**
   * Runs resources in parallel, while there is time. Resources that may have crashed a process run
   * elsewhere, or last, one at a time, those with the fewest attempts first.
   */
  async #runInParallel(next: () => Promise<Work | undefined>, failures: unknown[]): Promise<void> {
    const possibleCrashes: (Work & { readonly attempts: number })[] = []
    const run = async (work: Work) => {
      const outcome = await this.#run(work, failures)
      if (outcome?.outcome !== 'suspect') return
      const { runner, id, seen } = work
      const suspect = { reactor: runner.name, id, seen }
      if (this.#elsewhere) await this.#elsewhere(suspect).catch((error) => failures.push(error))
      else possibleCrashes.push({ ...work, attempts: outcome.attempts })
    }
    await inParallel(this.#atOnce, async () => {
      const work = hasTime() ? await next() : undefined
      return work && (() => run(work))
    })
    possibleCrashes.sort((one, other) => one.attempts - other.attempts)
    for (const suspect of possibleCrashes) if (hasTime()) await this.#run(suspect, failures, true)
  }

  async #run(
    { runner, id, seen }: Work,
    failures: unknown[],
    isAlone = false,
  ): Promise<RunOutcome | undefined> {
    try {
      const outcome = await runner.run(id, seen, isAlone)
      if (outcome.outcome === 'parked') this.#observer.parked?.(outcome.checkpoint, outcome.cause)
      return outcome
    } catch (error) {
      // The run that took the lease continues the work.
      if (!(error instanceof LeaseLost)) failures.push(error)
      return undefined
    }
  }
}

/** Returns the reactors that no operator has paused. */
async function running(runners: readonly ReactorRunner[]): Promise<ReactorRunner[]> {
  const paused = await Promise.all(runners.map((runner) => runner.isPaused()))
  return runners.filter((_, index) => !paused[index])
}

/** @throws Misuse */
function checkHurry(hurry: number): void {
  if (Number.isFinite(hurry) && hurry >= 1) return
  throw new Misuse(`hurry must be a number from 1 on; got ${hurry}`)
}

function hasTime(least = LEAST_TIME): boolean {
  return deadline() - performance.now() > least
}
