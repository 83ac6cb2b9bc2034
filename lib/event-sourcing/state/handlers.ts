import { CorruptHistory, InvalidEvent, isEventSourcingError, UnknownEvent } from '../errors.ts'
import type { Event } from '../event.ts'
import type { Stateful } from './state.ts'

export interface Versioned extends Stateful {
  readonly version: number
}

/**
 * Calls the handler of the event's type; the version becomes the event's number.
 * @throws UnknownEvent without a handler, InvalidEvent for a number that is not the next one, and
 * whatever the handler throws
 */
export function applyEvent(aggregate: Versioned, event: Event): void {
  const { id, version } = aggregate
  const { number, type } = event
  if (number !== version + 1) {
    throw new InvalidEvent(`The next event of ${id} has the number ${version + 1}, not ${number}`, {
      id,
      number,
      version,
    })
  }
  const handler = handlerOf(Object.getPrototypeOf(aggregate), type)
  if (!handler) {
    throw new UnknownEvent(
      `There is no method on${type} for event ${number} of ${id}, which is of type ${type}`,
      { id, number, type },
    )
  }
  const result: unknown = Reflect.apply(handler, aggregate, [event])
  if (result instanceof Promise) {
    result.catch(() => {})
    throw new TypeError(
      `on${type} is async: a handler changes the state at once, so compute what takes time before the commit`,
    )
  }
  const advanced: { version: number } = aggregate
  advanced.version = number
}

/** Whether the resources of a class know events of a type: they have a method for them. */
export function handles(aggregateClass: object, type: string): boolean {
  const prototype: unknown = Reflect.get(aggregateClass, 'prototype')
  return typeof prototype === 'object' && prototype !== null && !!handlerOf(prototype, type)
}

/** Returns the event types that a class, or an object, has a method `on<Type>` for. */
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

/** Of each class the handlers that were looked up: a long history has millions of events. */
const handlers = new WeakMap<object, Map<string, Handler>>()

/** Prototype only: a handler kept in a field would belong to another instance than a copy. */
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
 * @throws UnknownEvent, and CorruptHistory for one that does not apply any more
 */
export function replayEvent(aggregate: Versioned, event: Event): void {
  try {
    applyEvent(aggregate, event)
  } catch (cause) {
    if (isEventSourcingError(cause, 'UnknownEvent')) throw cause
    const { id } = aggregate
    const { number, type } = event
    throw new CorruptHistory(
      `Event ${number} of ${id} is stored but cannot be applied`,
      { id, number, type },
      { cause },
    )
  }
}
