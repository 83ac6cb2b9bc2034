import { createHash } from 'node:crypto'
import type { AggregateClass, AnyAggregate, AnyClass } from '../aggregate.ts'
import type { Event, EventOf, EventOfType } from '../event.ts'
import { RunStopped } from '../runtime/composed-errors.ts'
import type { FailedEvent } from './checkpoints/checkpoint.ts'

/** The prefix of the commandIds of reactions, reserved for them. */
const PREFIX = 'reaction-'

/** The context of a reaction, passed with the event. */
export interface Reaction {
  /** The id of the event's resource. */
  readonly id: string
  /**
   * Returns the commandId for a command that this event causes. It is the same each time the event
   * is handled, so that the command is committed once. Each further command needs its own position:
   * 2, 3 …
   */
  commandId(position?: number): string
  /**
   * Returns the id for a resource that this event creates: a UUID, the same each time the event is
   * handled. Each further resource needs its own position: 2, 3 …
   */
  newId(position?: number): string
  /** Aborted when the handler's time is over. */
  readonly signal: AbortSignal
}

/** The handlers: one method per event type that the reactor handles. Other types are skipped. */
export type EventReactions<E extends Event> = {
  [T in E['type'] as `on${T}`]?: {
    handler(event: EventOfType<E, T>, reaction: Reaction): unknown
  }['handler']
}

export interface ReactorOptions<A extends AnyAggregate> {
  /** The class whose events the reactor handles. The function's file binds the class to a store. */
  readonly of: AggregateClass<A>
  /**
   * The start after the first deployment. `beginning`: each resource's first event. `now`: events
   * from the deployment on, and those of the two minutes before.
   */
  readonly begins: 'beginning' | 'now'
  /** The time limit for handling one event, in milliseconds. Default: 10 seconds. */
  readonly patience?: number
  /** The number of attempts before the event's resource is parked. Default: 3. */
  readonly tries?: number
  /**
   * The most reactions, one caused by the other, that may lead to an event. The reactor does not
   * handle an event that more reactions led to, and its resource is parked. So a reactor that causes
   * its own events without end is stopped. Default: 50.
   */
  readonly deepest?: number
}

/**
 * A service that reacts to the events of a resource type. Its methods `on<Type>`, like those of an
 * aggregate, may send commands to other resources. Handles every event of a resource, in order,
 * regardless of the order in the stream. Commands with the reaction's `commandId` take effect
 * exactly once; other effects happen at least once.
 */
export type Reactor<A extends AnyAggregate> = ReactorOptions<A> & EventReactions<EventOf<A>>

/**
 * Returns a reactor whose handlers get their types from the class.
 *
 *     const welcome = reactor(Customer, {
 *       begins: 'now',
 *       async onCustomerJoined({ email }, { commandId }) { … },
 *     })
 */
export function reactor<A extends AnyAggregate>(
  of: AggregateClass<A>,
  definition: ReactorDefinition<A>,
): ReactorOptions<A> & ReactorDefinition<A> {
  return { of, ...definition }
}

/** A conditional type, so that TypeScript infers the types of the handlers' parameters. */
export type ReactorDefinition<A extends AnyAggregate> = A extends AnyAggregate
  ? Omit<ReactorOptions<A>, 'of'> & EventReactions<EventOf<A>>
  : never

/**
 * A reactor of the framework that takes in all new events of a resource at once, such as a view. Has
 * no methods for single events.
 */
export interface BatchReactor extends Omit<ReactorOptions<AnyAggregate>, 'of'> {
  readonly of: AnyClass
  /**
   * Takes in all events of a resource after a number, up to the newest. Runs again after a failure or
   * a crash, from the last number that was kept.
   * @returns the number of the newest event
   * @throws TakeInFailed for an event that cannot be taken in; StoreUnavailable; CorruptHistory
   */
  takeIn(batch: Batch): Promise<number>
}

/** One run of a batch reactor for one resource. */
export interface Batch {
  /** The id of the resource. */
  readonly id: string
  /** The number of the last event that is taken in. */
  readonly after: number
  /** Aborted when the time of the run is over. */
  readonly signal: AbortSignal
  /**
   * Stores that the events up to this number are taken in, and extends the time of the run. Needed
   * only in a long history.
   */
  keep(number: number): Promise<void>
}

/** An event that a batch reactor cannot take in. The events before it are taken in and kept. */
export class TakeInFailed extends RunStopped {
  override readonly name = 'TakeInFailed'
  readonly event: FailedEvent

  /** @param cause the error of the event */
  constructor(event: FailedEvent, cause: unknown) {
    super(`Event ${event.number} (${event.type}) cannot be taken in`, { cause })
    this.event = event
  }
}

/** A reactor to the events of any class. */
export type AnyReactor = ReactorOptions<AnyAggregate> | BatchReactor

export function isBatchReactor(reactor: AnyReactor): reactor is BatchReactor {
  return 'takeIn' in reactor
}

/**
 * Reactors by name. Checkpoints store the name, so it has to stay the same when the code changes.
 */
export type Reactors = Readonly<Record<string, AnyReactor>>

/**
 * Whether a commandId is reserved for reactions. A client with such an id could replace a
 * reaction's command.
 */
export function isReactionCommandId(commandId: string): boolean {
  return commandId.startsWith(PREFIX)
}

/**
 * Returns a commandId that is unique to the event and position, and the same each time the event is
 * handled.
 */
export function reactionCommandId(reactor: string, id: string, number: number, position: number) {
  const about = JSON.stringify([reactor, id, number, position])
  return `${PREFIX}${createHash('sha256').update(about).digest('base64url')}`
}
