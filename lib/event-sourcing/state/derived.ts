import type { StoredEvent } from '../event.ts'
import { withoutId } from '../store/stored-event.ts'
import { CommandIds } from './command-ids.ts'
import { replayEvent, type Versioned } from './handlers.ts'
import { copyOf } from './state.ts'

/**
 * What has been derived from a resource's events up to a number. It is never changed once it is
 * made, and never handed out: callers get copies of the state, so nothing they do can reach a
 * decision, or another caller.
 */
export interface Derived<A> {
  readonly state: A
  /** The date of the last event; undefined before the first. */
  readonly lastCreated: string | undefined
  readonly commandIds: CommandIds
}

/** How many events of the same commit have to follow this one. */
export function missingAfter({ meta: { position = 1, size = 1 } }: StoredEvent): number {
  return size - position
}

/** A resource before its first event. */
export function underived<A extends Versioned>(make: new (id?: string) => A, id: string) {
  const derived: Derived<A> = {
    state: new make(id),
    lastCreated: undefined,
    commandIds: new CommandIds(),
  }
  return derived
}

/** Goes on from what was derived before, event by event as they come: none is kept. */
export class Derivation<A extends Versioned> {
  readonly #ground: Derived<A>
  #state: A | undefined
  #last: StoredEvent | undefined
  #isHoled = false

  constructor(ground: Derived<A>) {
    this.#ground = ground
  }

  get version(): number {
    return (this.#state ?? this.#ground.state).version
  }

  /** @throws UnknownEvent, CorruptHistory */
  add(event: StoredEvent): void {
    this.#state ??= copyOf(this.#ground.state)
    replayEvent(this.#state, withoutId(event))
    this.#ground.commandIds.add(event.meta.commandId, event.number)
    this.#last = event
  }

  /** Of events that may be seen in part only: takes one unless an earlier one is missing. */
  addIfNext(event: StoredEvent): void {
    if (event.number === this.version + 1) this.add(event)
    else this.#isHoled = true
  }

  /** Whether an event is missing: one in between, or the rest of the last one's commit. */
  get isTorn(): boolean {
    return this.#isHoled || (this.#last !== undefined && missingAfter(this.#last) > 0)
  }

  /** What is derived now. Nothing may be added after it was asked for. */
  get result(): Derived<A> {
    const { commandIds } = this.#ground
    if (!this.#state || !this.#last) return this.#ground
    return { state: this.#state, lastCreated: this.#last.created, commandIds }
  }
}
