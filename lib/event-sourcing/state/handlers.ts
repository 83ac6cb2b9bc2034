import { CorruptHistory, InvalidEvent, isEventSourcingError, UnknownEvent } from '../errors.ts'
import type { Event } from '../event.ts'
import { Misuse } from '../runtime/composed-errors.ts'
import type { Stateful } from './state.ts'

export interface Versioned extends Stateful {
  readonly version: number
}

/**
 * Calls the handler of the event's type, and sets the version to the event's number.
 * @throws UnknownEvent without a handler; InvalidEvent for a number that is not the next one; the
 * handler's own errors
 */
export function applyEvent(aggregate: Versioned, event: Event): void {
  const { id, version } = aggregate
  const { number, type } = event
  if (number !== version + 1) {
    throw new InvalidEvent(
      `The next event of ${id} must have the number ${version + 1}; got ${number}`,
      {
        id,
        number,
        version,
      },
    )
  }
  const handler = handlerOf(Object.getPrototypeOf(aggregate), type)
  if (!handler) {
    throw new UnknownEvent(
      `Event ${number} of ${id} has the type ${type}, but the class has no method on${type}: add it, or an upcaster`,
      { id, number, type },
    )
  }
  const result: unknown = Reflect.apply(handler, aggregate, [event])
  if (result instanceof Promise) {
    result.catch(() => {})
    throw new Misuse(
      `on${type} is async, but a handler must change the state synchronously: do the asynchronous work before the commit`,
    )
  }
  const advanced: { version: number } = aggregate
  advanced.version = number
}

/** Whether a class has a handler for a type of events. */
export function handles(aggregateClass: object, type: string): boolean {
  const prototype: unknown = Reflect.get(aggregateClass, 'prototype')
  return typeof prototype === 'object' && prototype !== null && !!handlerOf(prototype, type)
}

/** Lists the event types for which a class, or an object, has a method `on<Type>`. */
export function handledTypes(owner: object): string[] {
  const types = new Set<string>()
  const first: unknown = typeof owner === 'function' ? Reflect.get(owner, 'prototype') : owner
  for (let at = first; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) {
      const [, type] = /^on([A-Z].*)$/.exec(name) ?? []
      if (type !== undefined) types.add(type)
    }
  }
  return [...types]
}

type Handler = (event: Event) => unknown

/** Caches the handlers of each class: a long history has millions of events. */
const handlers = new WeakMap<object, Map<string, Handler>>()

/** Reads only the prototype: a handler in a field would change the original, not the copy. */
function handlerOf(prototype: object, type: string): Handler | undefined {
  const known = handlers.get(prototype) ?? new Map<string, Handler>()
  const handler = known.get(type)
  if (handler) return handler
  handlers.set(prototype, known)
  const found: unknown = Reflect.get(prototype, `on${type}`)
  if (!isHandler(found)) return undefined
  known.set(type, found)
  return found
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function'
}

/**
 * Applies an event of the stored history.
 * @throws UnknownEvent; CorruptHistory for an event that can no longer be applied
 */
export function replayEvent(aggregate: Versioned, event: Event): void {
  try {
    applyEvent(aggregate, event)
  } catch (cause) {
    if (isEventSourcingError(cause, 'UnknownEvent')) throw cause
    const { id } = aggregate
    const { number, type } = event
    throw new CorruptHistory(
      `Event ${number} of ${id} is stored but cannot be applied: the cause has the reason`,
      { id, number, type },
      { cause },
    )
  }
}
