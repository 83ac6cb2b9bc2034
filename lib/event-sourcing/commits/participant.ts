import { VersionConflict } from '../errors.ts'
import type { EventMeta, StoredEvent } from '../event.ts'
import { asOf, newestKnown, type Source, upToDate } from '../state/derivation.ts'
import { Derivation, type Derived, initialState } from '../state/derived.ts'
import { applyEvent, type Versioned } from '../state/handlers.ts'
import { contiguousHistory } from '../state/history.ts'
import { ownerIn, userOf } from '../state/ownership.ts'
import { copyOf } from '../state/state.ts'
import { checkSize } from '../store/dynamodb/limits.ts'
import { withoutId } from '../store/stored-event.ts'
import type { EventDates } from './event-date.ts'
import { completeEvent } from './proposal.ts'

/** An instance in a commit: its current state, and the callback that updates the instance. */
export interface Member extends Source {
  readonly instance: object
  /** The state of the instance; undefined before the first read from the store. */
  readonly known: Derived<Versioned> | undefined
  /** Whether the id is new, so that the store has no events for it. */
  readonly isFresh: boolean
  /** The version of the caller's object. `apply` can raise it above the stored version. */
  readonly instanceVersion: number
  /** Updates the instance to a known state. */
  updateInstance(derived: Derived<Versioned>): void
}

/** The proposed events of a resource, and its state after them. */
export interface Proposed {
  readonly events: readonly StoredEvent[]
  readonly next: Versioned
  /** The id of the user who owns the resource after the events. */
  readonly owner: string | undefined
}

/** One resource in a commit. */
export class Participant {
  readonly member: Member
  #known: Derived<Versioned> | undefined
  readonly #first: Derived<Versioned> | undefined

  constructor(member: Member) {
    this.member = member
    this.#known = newestKnown(member, member.known)
    if (member.isFresh) this.#known ??= initialState(member.aggregateClass, member.id)
    this.#first = this.#known
  }

  get id(): string {
    return this.member.id
  }

  /** Whether the state is loaded. Otherwise `refresh` has to run before a decision. */
  get isKnown(): boolean {
    return this.#known !== undefined && this.member.instanceVersion <= this.#known.state.version
  }

  /** The state on which the rules decide. */
  get known(): Derived<Versioned> {
    this.#known ??= initialState(this.member.aggregateClass, this.member.id)
    return this.#known
  }

  get version(): number {
    return this.known.state.version
  }

  /** Updates the instance to the known state, unless `apply` has moved it further. */
  updateInstance(): void {
    if (this.#known && this.isKnown) this.member.updateInstance(this.#known)
  }

  async refresh(): Promise<void> {
    this.#known = await upToDate(this.member, this.#known)
  }

  /** Returns a copy of the state. A rule may change the copy freely. */
  copy(): Versioned {
    return copyOf(this.known.state)
  }

  /** 4. Returns the proposed events in their stored form. */
  complete(
    proposals: readonly unknown[],
    meta: EventMeta,
    dates: Omit<EventDates, 'lastCreated'>,
  ): StoredEvent[] {
    const size = proposals.length
    const events: StoredEvent[] = []
    for (const [index, proposal] of proposals.entries()) {
      const version = this.version + index
      const lastCreated = events.at(-1)?.created ?? this.known.lastCreated
      const place = size > 1 ? { position: index + 1, size } : {}
      const context = { ...dates, id: this.id, version, lastCreated }
      const event = completeEvent(this.member.aggregateClass, proposal, context, {
        ...meta,
        ...place,
      })
      if (event.number !== version + 1) throw this.conflict(event.number - 1 - index)
      events.push(event)
    }
    return events
  }

  /** 4. Applies the events to a copy of the state. */
  propose(events: readonly StoredEvent[]): Proposed {
    const next = this.copy()
    // Clones keep the state separate from the events that the caller receives.
    for (const event of events) applyEvent(next, structuredClone(withoutId(event)))
    const { id, member } = this
    const owner = this.#ownerAfter(events, next)
    const owned = withOwner(events, owner, this.known.owner)
    if (events.length > 0) {
      member.binding.check({ id, events: owned, after: next })
    }
    // A state that cannot be copied has to fail here, before the put.
    return { events: owned, next: copyOf(next), owner }
  }

  /** The owner that the class names; else the present one; else the user who creates the resource. */
  #ownerAfter([first]: readonly StoredEvent[], next: Versioned): string | undefined {
    const { owner } = this.known
    if (!first) return owner
    const creator = this.version === 0 ? userOf(first.meta.actor) : undefined
    return ownerIn({ state: next, owner: owner ?? creator })
  }

  /** Adopts the new state after the put has succeeded. */
  adopt({ events, next, owner }: Proposed): void {
    const { commandIds, firstCreated = events[0]?.created, ...known } = this.known
    for (const { meta, number } of events) commandIds.add(meta.commandId, number)
    const lastCreated = events.at(-1)?.created ?? known.lastCreated
    this.#known = { state: next, firstCreated, lastCreated, commandIds, owner }
    const { binding } = this.member
    binding.cache(this.id, this.#known)
    binding.onCommit(events)
  }

  /**
   * Applies the events that a failed put returned. Returns false if more events are missing, such
   * as the rest of a commit.
   */
  absorb(taken: readonly StoredEvent[]): boolean {
    const derivation = new Derivation(this.known)
    for (const event of taken) derivation.addIfNext(event)
    if (derivation.isTorn) return false
    this.#known = derivation.result
    return true
  }

  /** Returns the error for a version that differs from the expected one (optimistic locking). */
  conflict(expectedVersion: number): VersionConflict {
    const { id, version: actualVersion } = this
    return new VersionConflict(
      `${id} is at version ${actualVersion}, but ${expectedVersion} was expected`,
      {
        id,
        expectedVersion,
        actualVersion,
      },
    )
  }

  /** Reads the events that a command has already committed to this resource. */
  async committedBy(commandId: string): Promise<readonly StoredEvent[] | undefined> {
    for (const number of this.known.commandIds.find(commandId)) {
      const [hit] = await this.#read(number, 1)
      if (hit?.meta.commandId !== commandId) continue
      const { position = 1, size = 1 } = hit.meta
      return size === 1 ? [hit] : this.#read(number - position + 1, size)
    }
    return undefined
  }

  /** Returns a copy of the state before an event, to repeat an old decision. */
  async copyBefore(number: number): Promise<Versioned> {
    return copyOf((await asOf(this.member, { version: number - 1 }, this.#first)).state)
  }

  async #read(from: number, limit: number): Promise<readonly StoredEvent[]> {
    const { binding, id } = this.member
    const events: StoredEvent[] = []
    for await (const page of contiguousHistory(binding, id, { after: from - 1, limit })) {
      events.push(...page)
    }
    return events
  }
}

/** Returns the events with their resource's owner. The first one tells a change of the owner. */
function withOwner(
  events: readonly StoredEvent[],
  owner: string | undefined,
  before: string | undefined,
): readonly StoredEvent[] {
  if (owner === undefined) return events
  return events.map((event, index) => {
    const isNew = index === 0 && owner !== before
    const meta = { ...event.meta, owner, ...(isNew && { isNewOwner: true as const }) }
    const owned = { ...event, meta }
    checkSize(owned)
    return owned
  })
}
