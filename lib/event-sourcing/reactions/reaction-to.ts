import { once } from 'node:events'
import { idOfCommand } from '../arguments.ts'
import { bindingOf } from '../binding.ts'
import { UnknownEvent } from '../errors.ts'
import type { EventMeta, StoredEvent } from '../event.ts'
import { RunStopped } from '../runtime/composed-errors.ts'
import { within } from '../runtime/time-left.ts'
import { type Annotations, causedBy } from '../runtime/tracing.ts'
import { during } from '../runtime/work.ts'
import { handles } from '../state/handlers.ts'
import { isPlainObject } from '../state/state.ts'
import { withoutId } from '../store/stored-event.ts'
import type { Wake } from './checkpoints/checkpoint.ts'
import { type AnyReactor, isBatchReactor, type Reaction, reactionCommandId } from './reactor.ts'
import { wakesOf } from './wakes/names.ts'
import { type WakeCall, WakeCalls } from './wakes/wake-calls.ts'

/** The default of a reactor's `deepest`. */
const DEEPEST = 50

/**
 * Runs the reactor's handler for one event, with a time limit in milliseconds. Returns what it asks for.
 */
export type RunHandler = (time: number) => Promise<readonly WakeCall[]>

/** The cause of a reaction. */
export interface Occasion {
  /** The reactor's name. */
  readonly reactor: string
  /** The names of the reactor's wake-ups. */
  readonly wakes: readonly string[]
  /** The id of the resource. */
  readonly id: string
  /** Returns the commandId at a position. */
  readonly commandId: (position?: number) => string
  /** The request that led to the reaction: see EventMeta. */
  readonly cause: Wake['cause']
}

/**
 * Returns the reaction to a stored event. Returns undefined if the reactor has no method for the
 * type and the aggregate handles it. If neither handles the type, the reaction fails: the event
 * comes from newer code and waits for it. A failing upcaster also makes the reaction fail.
 * @param name the reactor's name
 */
export function reactionTo(
  name: string,
  reactor: AnyReactor,
  stored: StoredEvent,
): RunHandler | undefined {
  let event: StoredEvent
  try {
    event = bindingOf(reactor.of).upcast(stored)
  } catch (error) {
    return () => Promise.reject(error)
  }
  const { id, number, type, meta } = event
  const method: unknown = Reflect.get(reactor, `on${type}`)
  if (typeof method !== 'function') {
    return handles(reactor.of, type) ? undefined : () => Promise.reject(unknownEventError(event))
  }
  const { depth = 0 } = meta
  const { deepest = DEEPEST } = reactor
  if (depth > deepest) return () => Promise.reject(endlessReactions(name, event, deepest))
  const occasion: Occasion = {
    reactor: name,
    wakes: [...wakesOf(reactor).keys()],
    id,
    commandId: (position = 1) => reactionCommandId(name, id, number, position),
    cause: causeOf(meta),
  }
  return (time) =>
    inReaction(occasion, time, (reaction) =>
      Reflect.apply(method, reactor, [withoutId(event), reaction]),
    )
}

/** Returns the request that led to an event. */
export function causeOf({ traceId, actor, depth = 0 }: EventMeta): Wake['cause'] {
  return { ...(traceId !== undefined && { traceId }), ...(actor !== undefined && { actor }), depth }
}

/** Returns the annotations that name the request that led to a reaction. */
export function originOf({ traceId, actor }: Wake['cause']): Annotations {
  return {
    ...(traceId !== undefined && { cause: traceId }),
    ...(actor !== undefined && { actor }),
  }
}

/** Runs a handler with a time limit in milliseconds. Returns what it asks for. */
export async function inReaction(
  { reactor, wakes, id, commandId, cause: { traceId, actor, depth } }: Occasion,
  time: number,
  handle: (reaction: Reaction) => unknown,
): Promise<readonly WakeCall[]> {
  const signal = AbortSignal.timeout(Math.ceil(time))
  const newId = (position = 1) => idOfCommand(commandId(position))
  const calls = new WakeCalls(reactor, wakes)
  const { wakeAt, cancelWake } = calls
  const reaction = { id, commandId, newId, wakeAt, cancelWake, signal }
  const work = causedBy(traceId, () =>
    within(time, () =>
      during('reaction', () => handle(reaction), { depth: depth + 1, actor, reactor }),
    ),
  )
  const isOver = once(signal, 'abort').then(() => {
    throw new RunStopped(`The reaction took longer than ${Math.round(time)} ms`)
  })
  await Promise.race([work, isOver]).finally(() => calls.end())
  return calls.made
}

/**
 * Whether a reactor has to read events with a stored type. It can skip a type that it has no method
 * for, if the aggregate handles the type without an upcaster. A batch reactor reads all types.
 */
export function concerns(reactor: AnyReactor, type: string): boolean {
  if (isBatchReactor(reactor)) return true
  const upcasters: unknown = Reflect.get(reactor.of, 'upcasters')
  const isUpcast = isPlainObject(upcasters) && Object.hasOwn(upcasters, type)
  return isUpcast || !handles(reactor.of, type) || hasMethod(reactor, type)
}

function hasMethod(reactor: object, type: string): boolean {
  return typeof Reflect.get(reactor, `on${type}`) === 'function'
}

/** Returns the error of an event that comes from newer code, and waits for it. */
export function unknownEventError({ id, number, type }: StoredEvent): UnknownEvent {
  const message = `Event ${number} of ${id} has the type ${type}, which this code does not know: deploy code with a method on${type}, or an upcaster`
  return new UnknownEvent(message, { id, number, type })
}

function endlessReactions(name: string, { id, number, type }: StoredEvent, deepest: number): Error {
  const error = new RunStopped(
    `More than ${deepest} reactions, one caused by the other, led to event ${number} of ${id} (${type}): the reactor ${name} probably causes its own events. Stop that, then skip the event; or raise the reactor's deepest`,
  )
  return Object.assign(error, { name: 'EndlessReactions' })
}
