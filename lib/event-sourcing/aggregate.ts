import { v4 as uuidv4 } from 'uuid'
import { checkId, checkWhole } from './arguments.ts'
import { bindingOf } from './binding.ts'
import { commit, turns } from './commits/commit.ts'
import type { Member } from './commits/participant.ts'
import { type PlanOptions, planOf } from './commits/plan.ts'
import { kindOf, listOf } from './commits/proposal.ts'
import { ResourceNotFound } from './errors.ts'
import type { CompleteClass, EVENTS, Event, Uncommitted, WithoutStray } from './event.ts'
import type { Resources } from './lists/batches.ts'
import type { Page } from './lists/page.ts'
import { allResources, type OnError, pageOfResources } from './lists/resources.ts'
import { traced } from './runtime/tracing.ts'
import { partOfWork } from './runtime/work.ts'
import { asOf, newestKnown, upToDate } from './state/derivation.ts'
import type { Derived } from './state/derived.ts'
import { applyEvent, type Versioned } from './state/handlers.ts'
import { contiguousHistory } from './state/history.ts'
import { type MomentOptions, momentOf } from './state/moment.ts'
import type { StandardSchema } from './state/schemas.ts'
import { classOf, copyOf, copyStateInto, sameKind } from './state/state.ts'
import type { Upcasters } from './state/upcasters.ts'
import type { HistoryRange } from './store/event-store.ts'
import { withoutId } from './store/stored-event.ts'

/** A uniquely identifiable thing. Its state is derived from its events and never stored. */
export interface Resource {
  /** Unique within the resource's type. */
  readonly id: string
}

export type AnyAggregate = Aggregate<Event>

/** A class of any resources. */
export type AnyClass = new (id?: string) => AnyAggregate

/** A class of aggregates that has a handler for every type of its events. */
export type AggregateClass<A extends AnyAggregate> = CompleteClass<A>

/** The new events of a resource: one, several, or none. */
export type Proposal<E extends Event> = Uncommitted<E> | readonly Uncommitted<E>[] | undefined

/**
 * Decides which events happen, if any. Throws to refuse. Gets copies: of the up-to-date resource,
 * and of the resources in `reads`, in their order.
 * The type of a method, so that each aggregate is an `AnyAggregate`.
 */
export type Decide<
  A,
  E extends Event,
  R extends readonly AnyAggregate[] = [],
  P extends Proposal<E> = Proposal<E>,
> = {
  decide(resource: A, ...reads: Copies<R>): P & WithoutStray<E, P>
}['decide']

/** The types of the copies. Keeps their inference to the option `reads`. */
type Copies<R extends readonly AnyAggregate[]> = { [K in keyof R]: R[K] }

export interface CommitOptions<R extends readonly AnyAggregate[] = readonly AnyAggregate[]>
  extends PlanOptions {
  /**
   * Other resources that the rule reads. The rule gets up-to-date copies of them as arguments. The
   * commit succeeds only if none of them has changed. Default: none.
   */
  readonly reads?: R | undefined
}

export interface PageOptions {
  /** The most resources of a page, 1 to 1000. Default: 20. */
  readonly limit?: number
  /** The token of the previous page. Default: returns the first page. */
  readonly nextToken?: string | undefined
  /**
   * Returns only the resources of this user. Reads nothing of other users. May miss a resource of
   * the last moments, because the index of owners follows the table. Default: all resources.
   */
  readonly owner?: string | undefined
  /**
   * The treatment of a resource whose state cannot be derived. `throw`: the page fails with its
   * error. `skip`: the page has the other resources, and its `failures` have the id and the error.
   * Default: `throw`.
   */
  readonly onError?: OnError
}

/** The type of a method, so that a class can take its own resources. */
interface OwnedBy {
  of(resource: AnyAggregate): string | undefined
}

/** Returns what a commit needs of an aggregate, including its private state. */
export let memberOf: (aggregate: AnyAggregate) => Member

/**
 * A resource and its events. A subclass has public data fields for the state, and a method
 * `on<Type>` for each type of event. Only these methods change the state. All reads are strongly
 * consistent. All methods that reach the store throw StoreUnavailable, CorruptHistory and
 * UnknownEvent.
 */
export abstract class Aggregate<E extends Event> implements Resource {
  declare readonly [EVENTS]?: E
  /** Convert events that were stored in an older shape. Default: none. */
  declare static readonly upcasters?: Upcasters<Event>
  /** Schemas of the attributes of new events, by event type. Default: any JSON is valid. */
  declare static readonly schemas?: Readonly<Record<string, StandardSchema>>
  /**
   * Names the owner of a resource: the id of a user, or undefined to leave the owner that the events
   * have. Default: the owner is the user who caused the first event.
   */
  declare static readonly ownedBy?: OwnedBy['of']
  readonly id: string
  /** The number of the last applied event; 0 before the first. */
  readonly version: number = 0
  /** The state derived from stored events. Decisions use this state, never the public fields. */
  #known: Derived<Versioned> | undefined
  /** Whether the constructor has made the id, so that the store has no events for it. */
  readonly #isFresh: boolean

  static {
    memberOf = (aggregate) => {
      if (#isFresh in aggregate) return aggregate.#member()
      throw new TypeError(
        `A commit takes resources, such as new Product(id); got ${kindOf(aggregate)}`,
      )
    }
  }

  /**
   * @param id default: a fresh UUID v4
   * @throws InvalidId
   */
  constructor(id?: string) {
    if (id !== undefined) checkId(id)
    this.id = id ?? uuidv4()
    this.#isFresh = id === undefined
  }

  /**
   * Returns the resource with up-to-date state, or as it was at a version or an instant.
   * @throws ResourceNotFound if it has no event, or had none at that moment; InvalidId;
   * InvalidArgument
   */
  static async findOne<A extends AnyAggregate>(
    this: AggregateClass<A>,
    id: string,
    options: MomentOptions = {},
  ): Promise<A> {
    checkId(id)
    const moment = momentOf(options)
    const resource = new this(id)
    if (!moment) {
      await resource.hydrate()
      if (resource.version > 0) return resource
      throw new ResourceNotFound(`There is no resource with the id ${id}`, { id })
    }
    const member = memberOf(resource)
    const derived = await asOf(member, moment, newestKnown(member, undefined))
    member.updateInstance(derived)
    const { version } = derived.state
    const isThere = 'version' in moment ? version === moment.version : version > 0
    if (isThere) return resource
    if ('at' in moment) {
      const at = new Date(moment.at).toISOString()
      throw new ResourceNotFound(`There was no resource with the id ${id} at ${at}`, {
        id,
        at: options.at,
      })
    }
    throw new ResourceNotFound(
      `The resource with the id ${id} has no version ${moment.version}: its newest version is ${version}`,
      { id, version: moment.version },
    )
  }

  /**
   * Returns a page of all resources, with up-to-date state, in the store's order. A page is shorter
   * than the limit if time runs out. No resource is on two pages. Resources that are created
   * meanwhile may be missing. A resource whose state cannot be derived fails the page, unless
   * `onError` is `skip`: then it counts towards the limit, and later pages leave it out.
   * @throws InvalidArgument for a bad option
   */
  static findAll<A extends AnyAggregate>(
    this: AggregateClass<A>,
    { limit = 20, onError = 'throw', ...rest }: PageOptions = {},
  ): Promise<Page<A>> {
    return traced('findAll', () => pageOfResources(resourcesOf(this), { limit, onError, ...rest }))
  }

  /**
   * Iterates over all resources, with up-to-date state, in no order. Reads them on demand. Ends with
   * the error of a resource whose state cannot be derived.
   */
  static all<A extends AnyAggregate>(this: AggregateClass<A>): AsyncIterable<A> {
    return allResources(resourcesOf(this))
  }

  /**
   * Returns the up-to-date history, in order. Events of a type that this code does not know are
   * returned as they were stored.
   * @throws InvalidArgument
   */
  async events({ after = 0, limit }: HistoryRange = {}): Promise<readonly E[]> {
    checkWhole('after', after, 0)
    if (limit !== undefined) checkWhole('limit', limit, 1)
    const events: E[] = []
    const range = { after, ...(limit !== undefined && { limit }) }
    for await (const page of contiguousHistory(bindingOf(this.constructor), this.id, range)) {
      for (const event of page) events.push(withoutId<E>(event))
    }
    return events
  }

  /** Applies the stored events that are newer than `version`. */
  hydrate(): Promise<void> {
    return turns.run([this], async () => {
      const member = this.#member()
      const derived = await upToDate(member, this.#known)
      if (derived.state.version >= this.version) member.updateInstance(derived)
    })
  }

  /**
   * Calls the handler of the event's type, and sets the version to the event's number. Stores
   * nothing: a later commit fails with VersionConflict unless the store has this event too.
   * @throws UnknownEvent, InvalidEvent for a number that is not the next one, and the handler's own
   * errors. The state is then unchanged.
   */
  apply(event: E): void {
    const next = copyOf(this)
    applyEvent(next, structuredClone(event))
    copyStateInto(this, next)
  }

  /**
   * Commits events, or those that `decide` returns for the up-to-date resource: all or none, at
   * most 100. After a conflict with another writer, applies that writer's events, decides again and
   * retries while time is left. With an `expectedVersion`, or an event with a `number`, a conflict
   * throws VersionConflict instead. In a process, commits on one resource run one after the other.
   * A failed commit leaves the resource unchanged.
   * @returns the committed events; none if `decide` returned none
   * @throws EventRejected, VersionConflict, InvalidEvent, InvalidArgument, CommandIdReused,
   * ResourceNotFound, OutcomeUnknown
   */
  commit<const R extends readonly AnyAggregate[] = [], const P extends Proposal<E> = Proposal<E>>(
    proposal: Proposal<E> | Decide<this, E, R, P>,
    options: CommitOptions<R> = {},
  ): Promise<readonly E[]> {
    const work = async () => {
      const { reads } = options
      const isDecision = typeof proposal === 'function'
      const rules = ([copy, ...others]: readonly Versioned[]) => [
        listOf(isDecision ? proposal(sameKind(this, copy), ...sameKind(reads, others)) : proposal),
      ]
      const members = [this, ...(reads ?? [])].map(memberOf)
      const plan = planOf(members, rules, { isDecision, isTogether: false }, options)
      const [committed = []] = await commit(plan)
      return committed.map((event) => withoutId<E>(event))
    }
    return partOfWork(work())
  }

  #member(): Member {
    const aggregate = this
    return {
      instance: this,
      id: this.id,
      binding: bindingOf(this.constructor),
      aggregateClass: classOf(this),
      isFresh: this.#isFresh,
      get known() {
        return aggregate.#known
      },
      get instanceVersion() {
        return aggregate.version
      },
      updateInstance(derived) {
        aggregate.#known = derived
        copyStateInto<Versioned>(aggregate, derived.state)
      },
    }
  }
}

/** Returns all resources of a class, for the functions that list them. */
export function resourcesOf<A extends AnyAggregate>(
  aggregateClass: AggregateClass<A>,
): Resources<A> {
  return {
    binding: bindingOf(aggregateClass),
    aggregateClass,
    handOut(derived) {
      const resource = new aggregateClass(derived.state.id)
      memberOf(resource).updateInstance(derived)
      return resource
    },
  }
}
