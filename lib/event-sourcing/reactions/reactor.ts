import { createHash } from 'node:crypto'
import type { AggregateClass, AnyAggregate } from '../aggregate.ts'
import type { Event, EventOf, EventOfType } from '../event.ts'

/** With it begin the ids of commands that reactions cause, and no others. */
const PREFIX = 'reaction-'

/** What a reaction is told beside the event. */
export interface Reaction {
  /** The resource that the event happened to. */
  readonly id: string
  /**
   * The id of a command that this event causes: the same each time the event is handled, so that
   * the command is committed once. Each further command needs a position of its own: 2, 3 …
   */
  commandId(position?: number): string
  /** Aborted when the time of the handler is over. */
  readonly signal: AbortSignal
}

/** One method per type of event, for those it reacts to; the others are passed by. */
export type EventReactions<E extends Event> = {
  [T in E['type'] as `on${T}`]?: {
    handler(event: EventOfType<E, T>, reaction: Reaction): unknown
  }['handler']
}

export interface ReactorOptions<A extends AnyAggregate> {
  /** Whose events it reacts to. The class is bound to a store in the function's file. */
  readonly of: AggregateClass<A>
  /**
   * Where it starts when it is deployed for the first time: at each resource's first event, or with
   * what happens from then on (and in the two minutes before).
   */
  readonly begins: 'beginning' | 'now'
  /** How long one event may take, in milliseconds. Default: 10 seconds. */
  readonly patience?: number
  /** How often an event is tried before its resource is parked. Default: 3. */
  readonly tries?: number
}

/**
 * A service that reacts to the events of a resource type: methods `on<Type>`, like an aggregate's,
 * that may command other resources. Each event of a resource is handled after the one before it,
 * and none is left out, however the stream delivers them. Effects on resources, by commands with
 * the reaction's `commandId`, happen exactly once; effects elsewhere at least once.
 */
export type Reactor<A extends AnyAggregate> = ReactorOptions<A> & EventReactions<EventOf<A>>

/**
 * A reactor, its handlers typed by the class that it reacts to.
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

/** A conditional type: so the parameters of the handlers have types without being given any. */
export type ReactorDefinition<A extends AnyAggregate> = A extends AnyAggregate
  ? Omit<ReactorOptions<A>, 'of'> & EventReactions<EventOf<A>>
  : never

/** A reactor whatever it reacts to. */
export type AnyReactor = ReactorOptions<AnyAggregate>

/** Named: the name stands in the checkpoints, and stays when the code changes. */
export type Reactors = Readonly<Record<string, AnyReactor>>

/** Whoever could choose such an id for a command of his own could take a reaction's place. */
export function isReactionCommandId(commandId: string): boolean {
  return commandId.startsWith(PREFIX)
}

/** The same for an event each time it is handled, and no other's. */
export function reactionCommandId(reactor: string, id: string, number: number, position: number) {
  const about = JSON.stringify([reactor, id, number, position])
  return `${PREFIX}${createHash('sha256').update(about).digest('base64url')}`
}
