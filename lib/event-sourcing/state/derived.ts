import type { StoredEvent } from '../event.ts'
import { withoutId } from '../store/stored-event.ts'
import { CommandIds } from './command-ids.ts'
import { replayEvent, type Versioned } from './handlers.ts'
import { missingAfter } from './history.ts'
import { copyOf } from './state.ts'

/**
 * The state derived from a resource's events up to a number. It is immutable and internal. Callers
 * get copies of the state, so that their changes cannot affect decisions or other callers.
 */
export interface Derived<A> {
  readonly state: A
  /** The date of the first event; undefined before it. */
  readonly firstCreated: string | undefined
  /** The date of the last event; undefined before the first event. */
  readonly lastCreated: string | undefined
  readonly commandIds: CommandIds
  /** The owner that the events name; undefined if none does. */
  readonly owner: string | undefined
}

/** Returns the state of a resource before its first event. */
export function initialState<A extends Versioned>(
  aggregateClass: new (id?: string) => A,
  id: string,
) {
  const derived: Derived<A> = {
    state: new aggregateClass(id),
    firstCreated: undefined,
    lastCreated: undefined,
    commandIds: new CommandIds(),
    owner: undefined,
  }
  return derived
}

/** Derives a newer state from an earlier one, event by event, without keeping the events. */
export class Derivation<A extends Versioned> {
  readonly #start: Derived<A>
  #state: A | undefined
  #last: StoredEvent | undefined
  #isHoled = false
  #owner: string | undefined
  #firstCreated: string | undefined

  constructor(start: Derived<A>) {
    this.#start = start
    this.#firstCreated = start.firstCreated
    this.#owner = start.owner
  }

  get version(): number {
    return (this.#state ?? this.#start.state).version
  }

  /** @throws UnknownEvent, CorruptHistory */
  add(event: StoredEvent): void {
    this.#state ??= copyOf(this.#start.state)
    replayEvent(this.#state, withoutId(event))
    this.#start.commandIds.add(event.meta.commandId, event.number)
    this.#owner = event.meta.owner ?? this.#owner
    this.#firstCreated ??= event.created
    this.#last = event
  }

  /** Adds an event unless an earlier one is missing. For reads that may be incomplete. */
  addIfNext(event: StoredEvent): void {
    if (event.number === this.version + 1) this.add(event)
    else this.#isHoled = true
  }

  /** Whether events are missing: before an added event, or after the last one in its commit. */
  get isTorn(): boolean {
    return this.#isHoled || (this.#last !== undefined && missingAfter(this.#last) > 0)
  }

  /** The derived state. Read it only after the last event is added. */
  get result(): Derived<A> {
    const { commandIds } = this.#start
    if (!this.#state || !this.#last) return this.#start
    return {
      state: this.#state,
      firstCreated: this.#firstCreated,
      lastCreated: this.#last.created,
      commandIds,
      owner: this.#owner,
    }
  }
}
