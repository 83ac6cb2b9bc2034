import { CorruptHistory, InvalidEvent, isEventSourcingError, UnknownEvent } from './errors.ts'
import type { Event } from './event.ts'
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
  const name = `on${type}`
  // Prototype only: a handler kept in a field would belong to another instance than this copy.
  const handler: unknown = Reflect.get(Object.getPrototypeOf(aggregate), name)
  if (typeof handler !== 'function') {
    throw new UnknownEvent(
      `There is no method ${name} for event ${number} of ${id}, which is of type ${type}`,
      { id, number, type },
    )
  }
  Reflect.apply(handler, aggregate, [event])
  Object.assign(aggregate, { version: number })
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
