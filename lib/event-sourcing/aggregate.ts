import { v4 as uuidv4 } from 'uuid'
import { storeOf } from './binding.ts'
import { ResourceNotFound, VersionConflict } from './errors.ts'
import type { Event, EventHandlers, EventMeta, StoredEvent, Uncommitted } from './event.ts'
import type { HistoryRange } from './event-store.ts'
import { applyEvent, replayEvent } from './handlers.ts'
import { contiguousHistory } from './history.ts'
import type { Page } from './page.ts'
import { asRejection, completeEvent, type Ground } from './proposal.ts'
import type { Resource } from './resource.ts'
import { allResources, pageOfResources } from './resources.ts'
import { RETRY_FOR, Retries } from './retries.ts'
import { adopt, copyOf, lastCreatedOf } from './state.ts'
import { withoutId } from './stored-event.ts'
import { type Annotate, currentTraceId, traced } from './tracing.ts'
import { checkId, checkWhole } from './validation.ts'

declare const EVENTS: unique symbol

export type AnyAggregate = Aggregate<Event>

/** The events of an aggregate. */
export type EventOf<A> = A extends { readonly [EVENTS]?: infer E } ? Extract<E, Event> : never

/** A class of aggregates that has a handler for every type of its events. */
export type AggregateClass<A extends AnyAggregate> = new (
  id?: string,
) => A & EventHandlers<EventOf<A>>

/** Decides, on a copy of the up-to-date resource, which event happens, if any. Throws to refuse. */
export type Decide<A, E extends Event> = (resource: A) => Uncommitted<E> | undefined

export interface CommitOptions {
  /**
   * An optimistic lock: the version that the caller decided on. Default: none, the decision is
   * made anew on whatever another writer did.
   */
  readonly expectedVersion?: number | undefined
}

export interface PageOptions {
  /** At most so many resources, 1 to 1000. Default: 20. */
  readonly limit?: number
  /** From the page before. Default: the first page. */
  readonly nextToken?: string | undefined
}

/**
 * A resource and its events. A class that extends it has public data fields for the state and a
 * method `on<Type>` for each type of event; state changes nowhere else. Every read is strongly
 * consistent. All methods that reach the store throw StoreUnavailable, CorruptHistory and
 * UnknownEvent.
 */
export abstract class Aggregate<E extends Event> implements Resource {
  declare readonly [EVENTS]?: E
  readonly id: string
  /** The number of the last applied event; 0 before the first. */
  readonly version: number = 0
  /** Whether the store has been asked, or cannot know the id. */
  #read: boolean
  /** Whether `apply` was called: the state may then hold what the store does not. */
  #applied = false
  #turn: Promise<void> = Promise.resolve()

  /**
   * @param id default: a fresh UUID v4
   * @throws InvalidId
   */
  constructor(id?: string) {
    if (id !== undefined) checkId(id)
    this.id = id ?? uuidv4()
    this.#read = id === undefined
  }

  /**
   * The resource with up-to-date state.
   * @throws ResourceNotFound when it has no event, InvalidId
   */
  static async findOne<A extends AnyAggregate>(this: AggregateClass<A>, id: string): Promise<A> {
    const resource = new this(id)
    await resource.hydrate()
    if (resource.version > 0) return resource
    throw new ResourceNotFound(`There is no resource with the id ${id}`, { id })
  }

  /**
   * A page of all resources, with up-to-date state, in the store's order. Resources that come into
   * being while one pages may be missed; none is given twice.
   * @throws InvalidArgument for a bad limit or token
   */
  static async findAll<A extends AnyAggregate>(
    this: AggregateClass<A>,
    { limit = 20, nextToken }: PageOptions = {},
  ): Promise<Page<A>> {
    return traced('findAll', () => pageOfResources<A>(storeOf(this), this, limit, nextToken))
  }

  /** Every resource with up-to-date state, read as it is asked for. */
  static all<A extends AnyAggregate>(this: AggregateClass<A>): AsyncIterable<A> {
    return allResources<A>(storeOf(this), this)
  }

  /**
   * The up-to-date history, in order.
   * @throws InvalidArgument
   */
  async events({ after = 0, limit }: HistoryRange = {}): Promise<readonly E[]> {
    checkWhole('after', after, 0)
    if (limit !== undefined) checkWhole('limit', limit, 1)
    const events: E[] = []
    const range = { after, ...(limit !== undefined && { limit }) }
    for await (const page of contiguousHistory(storeOf(this.constructor), this.id, range)) {
      events.push(...page.map((event) => withoutId<E>(event)))
    }
    return events
  }

  /** Applies the stored events that are newer than `version`. */
  hydrate(): Promise<void> {
    return this.#inTurn(() => this.#hydrate())
  }

  /**
   * Calls the handler of the event's type and takes its number as the version. Stores nothing: a
   * commit after it is a VersionConflict unless the store has come as far.
   * @throws UnknownEvent, InvalidEvent for a number out of turn, and whatever the handler throws;
   * the state is then as before
   */
  apply(event: E): void {
    const next = copyOf(this)
    applyEvent(next, structuredClone(event))
    adopt(this, next)
    this.#applied = true
  }

  /**
   * Commits one event, or what `decide` makes of the up-to-date resource. Another writer's event in
   * between means: take it in, decide again, try again, for at most 10 seconds. An event with a
   * `number`, or an `expectedVersion`, is a lock instead: then it is a VersionConflict. Commits on
   * one instance run one after the other; a failed one leaves nothing behind.
   * @returns the committed events: one, or none where `decide` gave none
   * @throws EventRejected, VersionConflict, InvalidEvent, InvalidArgument, OutcomeUnknown
   */
  commit(
    event: Uncommitted<E> | Decide<this, E>,
    { expectedVersion }: CommitOptions = {},
  ): Promise<readonly E[]> {
    return this.#inTurn(() =>
      traced('commit', async (annotate) => {
        if (expectedVersion !== undefined) checkWhole('expectedVersion', expectedVersion, 0)
        annotate({ resource: this.id })
        const decide = typeof event === 'function' ? event : () => event
        const committed = await this.#commit(decide, expectedVersion, annotate)
        return committed ? [withoutId<E>(committed)] : []
      }),
    )
  }

  async #commit(
    decide: Decide<this, E>,
    expectedVersion: number | undefined,
    annotate: Annotate,
  ): Promise<StoredEvent | undefined> {
    const store = storeOf(this.constructor)
    const traceId = currentTraceId()
    const meta: EventMeta = { commandId: uuidv4(), ...(traceId && { traceId }) }
    const retries = new Retries()
    let confirmed = !this.#read
    // 3. The aggregate is hydrated; one that was before is trusted until a put proves otherwise.
    if (this.#applied) await this.#returnToStored()
    if (!this.#read) await this.#hydrate()
    for (;;) {
      const attempt = this.#attempt(decide, expectedVersion, meta)
      if (attempt.outcome === 'event') {
        const { event, next, isLocked } = attempt
        annotate({ event: event.type, number: event.number })
        // 5. The event is put on condition that nothing is there; only then is the state adopted.
        const appended = await store.append(event)
        if (appended.outcome === 'stored') {
          adopt(this, next)
          return event
        }
        const mayRetry = !isLocked && (await retries.next())
        await this.#hydrate()
        confirmed = true
        if (!mayRetry) throw this.#conflict(event.number - 1, isLocked)
      } else if (confirmed) {
        if (attempt.outcome === 'nothing') return undefined
        throw attempt.error
      } else {
        // What ends without a put was decided on state that nothing has proved yet.
        await this.#hydrate()
        confirmed = true
      }
    }
  }

  /** 4. The rules decide, and the event is applied to a copy of the state. */
  #attempt(
    decide: Decide<this, E>,
    expectedVersion: number | undefined,
    meta: EventMeta,
  ): Attempt<this> {
    const ground: Ground = { id: this.id, version: this.version, lastCreated: lastCreatedOf(this) }
    try {
      if (expectedVersion !== undefined && expectedVersion !== this.version) {
        throw this.#conflict(expectedVersion, true)
      }
      const proposal = decide(copyOf(this))
      if (proposal === undefined) return { outcome: 'nothing' }
      const event = completeEvent(proposal, ground, meta)
      if (event.number !== this.version + 1) throw this.#conflict(event.number - 1, true)
      const next = copyOf(this)
      // A clone: the state shares no object with the event that the caller gets.
      applyEvent(next, structuredClone(withoutId(event)))
      const isLocked = expectedVersion !== undefined || proposal.number !== undefined
      return { outcome: 'event', event, next, isLocked }
    } catch (error) {
      return { outcome: 'refused', error: asRejection(error, ground) }
    }
  }

  async #hydrate(): Promise<void> {
    const store = storeOf(this.constructor)
    await traced('hydrate', async (annotate) => {
      annotate({ resource: this.id })
      let next: this | undefined
      for await (const page of contiguousHistory(store, this.id, { after: this.version })) {
        next ??= copyOf(this)
        for (const event of page) replayEvent(next, withoutId(event))
      }
      if (next) adopt(this, next)
      this.#read = true
    })
  }

  /** After `apply`: a number that was never stored would leave a hole in the history. */
  async #returnToStored(): Promise<void> {
    const stored: this = Reflect.construct(this.constructor, [this.id])
    await stored.#hydrate()
    if (stored.version < this.version) throw stored.#conflict(this.version, true)
    adopt(this, stored)
    this.#applied = false
  }

  #conflict(expectedVersion: number, isLocked: boolean): VersionConflict {
    const { id, version: actualVersion } = this
    const message = isLocked
      ? `${id} is at version ${actualVersion}, not ${expectedVersion}`
      : `Other writers kept committing to ${id} for ${RETRY_FOR / 1000} seconds: try again later`
    return new VersionConflict(message, { id, expectedVersion, actualVersion })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.then(
      () => {},
      () => {},
    )
    return result
  }
}

type Attempt<A> =
  | {
      readonly outcome: 'event'
      readonly event: StoredEvent
      readonly next: A
      readonly isLocked: boolean
    }
  | { readonly outcome: 'nothing' }
  | { readonly outcome: 'refused'; readonly error: unknown }
