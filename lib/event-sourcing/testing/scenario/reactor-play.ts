import type { AnyAggregate } from '../../aggregate.ts'
import { withStores } from '../../binding.ts'
import type { StoredEvent } from '../../event.ts'
import {
  type AnyReactor,
  type Checkpoint,
  Dispatcher,
  inMemoryCheckpointStore,
  type ReactorOptions,
  timerName,
  wakesOf,
} from '../../reactions/index.ts'
import { Misuse } from '../../runtime/composed-errors.ts'
import { within } from '../../runtime/time-left.ts'
import type { EventStore } from '../../store/event-store.ts'
import { inMemoryEventStore } from '../../store/in-memory-event-store.ts'
import type { Clock } from './clock.ts'
import { appendPast } from './past.ts'

/** A wake-up that waits. */
export interface WaitingWakeUp {
  /** The id of the resource. */
  readonly id: string
  /** The name of the wake-up. */
  readonly name: string
  /** The instant that the reactor asked for, as ISO 8601. */
  readonly at: string
}

/** A duration. Its parts are added. */
export interface Duration {
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
}

export function millisecondsOf({ days = 0, hours = 0, minutes = 0, seconds = 0 }: Duration) {
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000
}

export interface ReactorPlayOptions<A extends AnyAggregate> {
  readonly reactor: ReactorOptions<A>
  /** The classes of all resources. */
  readonly classes: ReadonlySet<object>
  readonly clock: Clock
}

/** The reactor's name. */
const NAME = 'given'
/** The interval of the schedule that runs due wake-ups, in milliseconds. */
const MINUTE = 60_000
/** The real time for one step, in milliseconds. */
const LIMIT = 60_000

/** A reactor on its own stores and clock. */
export class ReactorPlay {
  readonly #of: object
  readonly #wakes: readonly string[]
  readonly #stores: ReadonlyMap<object, EventStore>
  readonly #clock: Clock
  readonly #checkpoints = inMemoryCheckpointStore()
  readonly #dispatcher: Dispatcher
  /** The number of the last event that the reactor has received, by resource. */
  readonly #seen = new Map<string, number>()
  /** The error of the method that has failed. */
  failure: unknown

  private constructor(
    reactor: AnyReactor,
    { stores, clock }: { readonly stores: ReadonlyMap<object, EventStore>; readonly clock: Clock },
  ) {
    this.#of = reactor.of
    this.#wakes = [...wakesOf(reactor).keys()]
    this.#stores = stores
    this.#clock = clock
    this.#dispatcher = new Dispatcher({
      reactors: { [NAME]: reactor },
      checkpoints: this.#checkpoints,
      observer: {
        parked: (_, cause) => {
          this.failure ??= cause
        },
      },
    })
  }

  /** Binds the classes to the play's stores while a test runs it. */
  static async run<A extends AnyAggregate>(
    { reactor, classes, clock }: ReactorPlayOptions<A>,
    test: (play: ReactorPlay) => Promise<void>,
  ): Promise<void> {
    const stores = new Map(
      [...classes].map((of, index) => [of, inMemoryEventStore({ name: `resources-${index}` })]),
    )
    // An error ends the scenario, so it needs no second attempt.
    const once = { ...reactor, tries: 1 }
    await withStores(stores, () => test(new ReactorPlay(once, { stores, clock })))
  }

  get now(): number {
    return this.#clock.now
  }

  /** Returns a name for a resource, for messages. */
  nameOf({ of, id }: { readonly of: object; readonly id: string }): string {
    return `${Reflect.get(of, 'name')} ${id}`
  }

  /** Stores events that the reactor has handled already. */
  async past(of: object, id: string, history: readonly unknown[]): Promise<void> {
    const number = await this.#append(of, id, history)
    if (of !== this.#of) return
    this.#seen.set(id, number)
    const there = await this.#checkpoints.get(NAME, id)
    const fresh = { reactor: NAME, id, generation: 0, attempts: 0, revision: 0 }
    await this.#checkpoints.put({ ...(there ?? fresh), handled: number, seen: number })
  }

  /** Stores an event, and lets the reactor handle it and what follows from it. */
  async happens(id: string, event: unknown): Promise<void> {
    await this.#append(this.#of, id, [event])
    await this.#react()
  }

  /** Sets the clock, and runs the wake-ups that are due on the way. */
  async passes(until: number): Promise<void> {
    if (until < this.now) {
      const [to, from] = [until, this.now].map((time) => new Date(time).toISOString())
      throw new Misuse(`Time cannot pass backwards from ${from} to ${to}`)
    }
    let earliest = this.now
    while (this.failure === undefined) {
      const [next] = await this.#timers()
      if (!next) break
      const at = Math.max(earliest, next.due)
      if (at > until) break
      this.#clock.now = at
      await within(LIMIT, () => this.#dispatcher.runDue())
      await this.#react()
      // A wake-up that is asked for in the past comes with the next run of the schedule.
      const [after] = await this.#timers()
      earliest = after && after.due <= at ? at + MINUTE : at
    }
    this.#clock.now = until
  }

  /** Returns the events that the reactor has committed, by resource. */
  async committed(): Promise<ReadonlyMap<string, readonly StoredEvent[]>> {
    const found = new Map<string, StoredEvent[]>()
    for (const [of, store] of this.#stores) {
      for (const event of await allOf(store)) {
        const name = this.nameOf({ of, id: event.id })
        if (event.meta.reactor === NAME) found.set(name, [...(found.get(name) ?? []), event])
      }
    }
    return found
  }

  async waiting(): Promise<WaitingWakeUp[]> {
    return (await this.#timers()).map(({ id, name, at }) => ({ id, name, at }))
  }

  /** Appends events. Returns the number of the last one. */
  async #append(of: object, id: string, events: readonly unknown[]): Promise<number> {
    const store = this.#storeOf(of)
    const before = (await allOf(store)).filter((event) => event.id === id)
    return (await appendPast(store, of, id, events, before)).length
  }

  /** Lets the reactor handle the new events of its class, until there are none. */
  async #react(): Promise<void> {
    const store = this.#storeOf(this.#of)
    for (;;) {
      const fresh = (await allOf(store)).filter(
        ({ id, number }) => number > (this.#seen.get(id) ?? 0),
      )
      if (fresh.length === 0) return
      for (const { id, number } of fresh) this.#seen.set(id, number)
      await within(LIMIT, () => this.#dispatcher.wake(store.name, fresh))
    }
  }

  /** Returns the wake-ups that wait, the first one first. */
  async #timers() {
    const timers: (WaitingWakeUp & { readonly due: number })[] = []
    for (const name of this.#wakes) {
      for await (const checkpoint of this.#checkpoints.all(timerName(NAME, name))) {
        timers.push(...waitingIn(checkpoint, name))
      }
    }
    return timers.sort((one, other) => one.due - other.due)
  }

  #storeOf(of: object): EventStore {
    const store = this.#stores.get(of)
    if (store) return store
    throw new Misuse(`The scenario has no class ${Reflect.get(of, 'name')}`)
  }
}

function waitingIn({ id, due, wake }: Checkpoint, name: string) {
  return due === undefined || !wake ? [] : [{ id, name, at: wake.at, due }]
}

async function allOf(store: EventStore): Promise<StoredEvent[]> {
  const events: StoredEvent[] = []
  for await (const page of store.scan({})) events.push(...page)
  return events
}
