import { createHash } from 'node:crypto'
import type { AggregateClass, AnyAggregate, AnyClass } from '../aggregate.ts'
import type { Event, EventOf, EventOfType } from '../event.ts'
import { RunStopped } from '../runtime/composed-errors.ts'
import type { FailedEvent } from './checkpoints/checkpoint.ts'

/** The prefix of the commandIds of reactions, reserved for them. */
const PREFIX = 'reaction-'

/**
 * The context of a reaction, passed with the event.
 * @typeParam W the names of the reactor's wake-ups
 */
export interface Reaction<W extends string = string> {
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
  /**
   * Asks for a wake-up of the event's resource: the reactor's method `wakes.<name>` runs at that
   * instant, or shortly after it, and never before. Replaces the wake-up of this name that the
   * resource waits for. Takes effect when the handler has succeeded.
   * @param when a date, or a string in ISO 8601 with a time zone. In the past: within a minute
   * @throws InvalidArgument for a bad date; Misuse for a name that `wakes` does not have
   */
  wakeAt(when: Date | string, name: W): void
  /**
   * Cancels the wake-up of this name, if the resource waits for one. Takes effect when the handler has
   * succeeded.
   * @throws Misuse for a name that `wakes` does not have
   */
  cancelWake(name: W): void
  /** Aborted when the handler's time is over. */
  readonly signal: AbortSignal
}

/** The context of a wake-up, passed with the resource. */
export interface WakeUp<W extends string = string> extends Reaction<W> {
  /** The instant that the reactor asked for, as ISO 8601. */
  readonly at: string
}

/** The handlers: one method per event type that the reactor handles. Other types are skipped. */
export type EventReactions<E extends Event, W extends string = string> = {
  [T in E['type'] as `on${T}`]?: {
    handler(event: EventOfType<E, T>, reaction: Reaction<W>): unknown
  }['handler']
}

/**
 * The methods for wake-ups, by name. Each gets the up-to-date resource. Checkpoints store the names,
 * so they have to stay the same when the code changes.
 */
export interface WakeReactions<A extends AnyAggregate, W extends string = string> {
  readonly wakes?: {
    readonly [N in W]: { wake(resource: A, wakeUp: WakeUp<W>): unknown }['wake']
  }
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
export type Reactor<A extends AnyAggregate> = ReactorOptions<A> &
  EventReactions<EventOf<A>> &
  WakeReactions<A>

/**
 * Returns a reactor whose handlers get their types from the class.
 *
 *     const welcome = reactor(Customer, {
 *       begins: 'now',
 *       async onCustomerJoined({ email }, { commandId }) { … },
 *     })
 */
export function reactor<A extends AnyAggregate, W extends string = never>(
  of: AggregateClass<A>,
  definition: ReactorDefinition<A, W>,
): ReactorOptions<A> & ReactorDefinition<A, W> {
  return { of, ...definition }
}

/** A conditional type, so that TypeScript infers the types of the handlers' parameters. */
export type ReactorDefinition<
  A extends AnyAggregate,
  W extends string = string,
> = A extends AnyAggregate
  ? Omit<ReactorOptions<A>, 'of'> & EventReactions<EventOf<A>, W> & WakeReactions<A, W>
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
 * @param by tells wake-ups apart that the same event led to. Default: an event
 */
export function reactionCommandId(
  reactor: string,
  id: string,
  number: number,
  position: number,
  by?: string,
): string {
  const about = [reactor, id, number, position, ...(by === undefined ? [] : [by])]
  const hash = createHash('sha256').update(JSON.stringify(about))
  return `${PREFIX}${hash.digest('base64url')}`
}
