import { VersionConflict } from '../errors.ts'
import type { EventMeta, StoredEvent } from '../event.ts'
import { asOf, newestKnown, type Source, upToDate } from '../state/derivation.ts'
import { Derivation, type Derived, underived } from '../state/derived.ts'
import { applyEvent, type Versioned } from '../state/handlers.ts'
import { contiguousHistory } from '../state/history.ts'
import { copyOf } from '../state/state.ts'
import { withoutId } from '../store/stored-event.ts'
import { completeEvent } from './proposal.ts'

/** What an instance tells of itself to a commit, and how it learns what came of it. */
export interface Member extends Source {
  readonly instance: object
  /** What it was derived to; undefined where the store was not asked yet. */
  readonly known: Derived<Versioned> | undefined
  /** Whether the store cannot know the id: it was made just now. */
  readonly isFresh: boolean
  /** The version that it shows: higher than what is known after `apply`. */
  readonly shown: number
  /** Makes the instance show what is known now. */
  show(derived: Derived<Versioned>): void
}

/** The events that a resource is to be given, and what it would be then. */
export interface Proposed {
  readonly events: readonly StoredEvent[]
  readonly next: Versioned
}

/** One resource's part in a commit. */
export class Participant {
  readonly member: Member
  #known: Derived<Versioned> | undefined
  readonly #first: Derived<Versioned> | undefined

  constructor(member: Member) {
    this.member = member
    this.#known = newestKnown(member, member.known)
    if (member.isFresh) this.#known ??= underived(member.make, member.id)
    this.#first = this.#known
  }

  get id(): string {
    return this.member.id
  }

  /** Whether there is something to decide on; else it has to be brought up to date first. */
  get isKnown(): boolean {
    return this.#known !== undefined && this.member.shown <= this.#known.state.version
  }

  /** What the decision is made on. */
  get known(): Derived<Versioned> {
    this.#known ??= underived(this.member.make, this.member.id)
    return this.#known
  }

  get version(): number {
    return this.known.state.version
  }

  /** Lets the instance show what is known, unless `apply` took it further. */
  show(): void {
    if (this.#known && this.isKnown) this.member.show(this.#known)
  }

  async refresh(): Promise<void> {
    this.#known = await upToDate(this.member, this.#known)
  }

  /** A copy of the state, that a rule may do with as it likes. */
  copy(): Versioned {
    return copyOf(this.known.state)
  }

  /** 4. The events that the rules made, as they would be stored. */
  complete(proposals: readonly unknown[], meta: EventMeta, now: string): StoredEvent[] {
    const size = proposals.length
    const events: StoredEvent[] = []
    for (const [index, proposal] of proposals.entries()) {
      const version = this.version + index
      const lastCreated = events.at(-1)?.created ?? this.known.lastCreated
      const place = size > 1 ? { position: index + 1, size } : {}
      const ground = { id: this.id, version, lastCreated, now }
      const event = completeEvent(this.member.make, proposal, ground, { ...meta, ...place })
      if (event.number !== version + 1) throw this.conflict(event.number - 1 - index)
      events.push(event)
    }
    return events
  }

  /** 4. The events are applied to a copy of the state. */
  propose(events: readonly StoredEvent[]): Proposed {
    const next = this.copy()
    // Clones: the state shares no object with the events that the caller gets.
    for (const event of events) applyEvent(next, structuredClone(withoutId(event)))
    // A state that cannot be copied fails here, and not after the put.
    return { events, next: copyOf(next) }
  }

  /** The put has succeeded: only now is the state adopted. */
  adopt({ events, next }: Proposed): void {
    const { commandIds, lastCreated } = this.known
    for (const { meta, number } of events) commandIds.add(meta.commandId, number)
    this.#known = { state: next, lastCreated: events.at(-1)?.created ?? lastCreated, commandIds }
    this.member.binding.hold(this.id, this.#known)
  }

  /** Takes in what a refused put brought back. False: more was missed, or a part of a commit. */
  absorb(taken: readonly StoredEvent[]): boolean {
    const derivation = new Derivation(this.known)
    for (const event of taken) derivation.addIfNext(event)
    if (derivation.isTorn) return false
    this.#known = derivation.result
    return true
  }

  /** The resource is not where an optimistic lock has it. */
  conflict(expectedVersion: number): VersionConflict {
    const { id, version: actualVersion } = this
    return new VersionConflict(`${id} is at version ${actualVersion}, not ${expectedVersion}`, {
      id,
      expectedVersion,
      actualVersion,
    })
  }

  /** The events that a command has committed to this resource already, from the store. */
  async committedBy(commandId: string): Promise<readonly StoredEvent[] | undefined> {
    for (const number of this.known.commandIds.find(commandId)) {
      const [hit] = await this.#read(number, 1)
      if (hit?.meta.commandId !== commandId) continue
      const { position = 1, size = 1 } = hit.meta
      return size === 1 ? [hit] : this.#read(number - position + 1, size)
    }
    return undefined
  }

  /** A copy of the state before an event, to look at an old decision again. */
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
