import { type Binding, bindingOf } from '../binding.ts'
import type { StoredEvent } from '../event.ts'
import { deadline } from '../time-left.ts'
import { type Checkpoint, heardOf } from './checkpoint.ts'
import type { CheckpointStore } from './checkpoint-store.ts'
import { LeaseLost } from './lease.ts'
import { ReactionRun, type RunOutcome } from './reaction-run.ts'
import { concerns } from './reaction-to.ts'
import type { AnyReactor, Reactors } from './reactor.ts'

/** Hears what becomes of resources: for logs and metrics. */
export interface DispatcherObserver {
  /** @param time that the handler took, in milliseconds */
  handled?(reactor: string, event: StoredEvent, time: number): void
  parked?(checkpoint: Checkpoint, cause: unknown): void
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
  /** ISO 8601. */
  readonly created: string
}

const AT_ONCE = 10
/** A new reactor is woken by the schedule within this time, in milliseconds, if by nothing else. */
const FIRST_WAKE = 120_000
/** So many resources that are due are read before they are worked on. */
const TOGETHER = 100
/** With less, in milliseconds, nothing is begun. */
const LEAST_TIME = 5000
/** Under these ids stand notes about the reactors themselves, each under a name that no reactor has. */
const BEGINNINGS = '#beginnings'
const POSITIONS = '#reconciled'
const MARK = '#'

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
  readonly #beginnings = new Map<string, string>()

  constructor({ reactors, checkpoints, observer = {}, atOnce = AT_ONCE }: DispatcherOptions) {
    this.#reactors = reactors
    this.#checkpoints = checkpoints
    this.#observer = observer
    this.#atOnce = atOnce
  }

  /**
   * New events of a table: its reactors are brought up to date with those resources. A reactor that
   * begins `now`, and is woken for the first time, begins with the earliest of them, or two minutes ago:
   * a stream also tells a new reader what is a day old.
   * @throws AggregateError of what kept it from knowing (a store that does not answer); then the
   * same records have to come again
   */
  async wake(table: string, told: readonly Told[]): Promise<void> {
    const names = Object.keys(this.#reactors).filter((name) => this.#tableOf(name) === table)
    const [earliest = ''] = told.map(({ created }) => created).sort()
    const least = new Date(Date.now() - FIRST_WAKE).toISOString()
    const begins = earliest > least ? earliest : least
    await Promise.all(names.map((name) => this.#began(name, begins)))
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

  /** Whatever waits: pauses that are over, leases whose holders are gone. */
  async takeUp(): Promise<void> {
    for (const reactor of Object.keys(this.#reactors)) {
      // The schedule runs from the deployment on: so this is where a new reactor begins.
      await this.#began(reactor)
      let work: Work[] = []
      for await (const { id, seen } of this.#checkpoints.due(reactor, Date.now())) {
        work.push({ reactor, id, seen })
        if (work.length < TOGETHER) continue
        if ((await this.#all(work)) > 0) return
        work = []
      }
      if ((await this.#all(work)) > 0) return
    }
  }

  /**
   * Compares every resource's newest event with the checkpoints, and brings up to date what the
   * stream has never told of. Goes on where it was when its time was over.
   * @returns whether it came to the end
   */
  async reconcile(): Promise<boolean> {
    let isWhole = true
    for (const reactor of Object.keys(this.#reactors)) {
      isWhole = (await this.#reconcile(reactor)) && isWhole
    }
    return isWhole
  }

  async #reconcile(reactor: string): Promise<boolean> {
    const { note: after } = (await this.#checkpoints.get(MARK + reactor, POSITIONS)) ?? {}
    let last: Work | undefined
    let resources = 0
    const check = async (work: Work) => {
      const checkpoint = await this.#checkpoints.get(reactor, work.id)
      const isWaiting = checkpoint?.due !== undefined
      if (!isWaiting && (checkpoint?.handled ?? 0) < work.seen) await this.#all([work])
      resources += 1
    }
    for await (const page of this.#binding(reactor).scan(after ? { after } : {})) {
      for (const { id, number } of page) {
        if (last && last.id !== id) await check(last)
        last = { reactor, id, seen: number }
      }
      this.#observer.progress?.(reactor, resources)
      if (last && !hasTime()) {
        // The last resource may go on in the next page: it is looked at again.
        await this.#note(POSITIONS, reactor, last.id)
        await check(last)
        return false
      }
    }
    if (last) await check(last)
    await this.#note(POSITIONS, reactor, undefined)
    this.#observer.progress?.(reactor, resources)
    return true
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

  /** When a reactor was there first: it is written down once, and never changes. */
  async #began(name: string, now = new Date().toISOString()): Promise<string> {
    const known =
      this.#beginnings.get(name) ?? (await this.#checkpoints.get(MARK + name, BEGINNINGS))?.note
    if (known === undefined) {
      await this.#note(BEGINNINGS, name, now)
      return this.#began(name, now)
    }
    this.#beginnings.set(name, known)
    return known
  }

  async #note(about: string, name: string, note: string | undefined): Promise<void> {
    const known =
      (await this.#checkpoints.get(MARK + name, about)) ?? heardOf(MARK + name, about, 0)
    if (known.note !== note) await this.#checkpoints.put({ ...known, note })
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

/** The names of all reactors that were ever woken. */
export async function* knownReactors(checkpoints: CheckpointStore): AsyncGenerator<string> {
  for await (const { reactor } of checkpoints.about(BEGINNINGS)) yield reactor.slice(MARK.length)
}

function hasTime(): boolean {
  return deadline() - performance.now() > LEAST_TIME
}
