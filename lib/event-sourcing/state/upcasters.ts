import { CorruptHistory } from '../errors.ts'
import type { Event, StoredEvent, Uncommitted } from '../event.ts'
import { isPlainObject } from './state.ts'

/** An event as it was stored once, maybe of a type or a shape that is not committed any more. */
export type PastEvent = Event & Readonly<Record<string, unknown>>

/**
 * By the type under which events are stored: makes one event of today's shape out of one of them.
 * Gives the type and the attributes; number, date and meta stay those of the stored event. The
 * stored event itself stays as it was.
 *
 *     class Product extends Aggregate<ProductEvent> {
 *       static override readonly upcasters: Upcasters<ProductEvent> = {
 *         ProductBooked: () => ({ type: 'ProductReserved' }),
 *       }
 *
 * Where the name of the type stays, the upcaster also meets events that have today's shape already.
 */
export type Upcasters<E extends Event> = Readonly<
  Record<string, (event: PastEvent) => Uncommitted<E>>
>

/** Whether a class reads any stored event otherwise than as it is. */
export function hasUpcasters(aggregateClass: object): boolean {
  return isPlainObject(Reflect.get(aggregateClass, 'upcasters'))
}

/**
 * A stored event in today's shape, by the `upcasters` of its class. A renamed type is followed to
 * the upcaster of its new name, each once.
 * @throws CorruptHistory where an upcaster fails
 */
export function upcast(aggregateClass: object, stored: StoredEvent): StoredEvent {
  const upcasters: unknown = Reflect.get(aggregateClass, 'upcasters')
  // Nearly all events have today's shape, and histories are long.
  if (!isPlainObject(upcasters) || !Object.hasOwn(upcasters, stored.type)) return stored
  const { id, number, created, meta } = stored
  const done = new Set<string>()
  let event = stored
  while (Object.hasOwn(upcasters, event.type) && !done.has(event.type)) {
    done.add(event.type)
    const made = upcasted(upcasters[event.type], event)
    event = { ...made, type: made.type, id, number, created, meta }
  }
  return event
}

function upcasted(upcaster: unknown, event: StoredEvent): Record<string, unknown> & TypeOnly {
  const { id, number, type } = event
  const corrupt = (why: string, options?: ErrorOptions) =>
    new CorruptHistory(
      `The upcaster of ${type} ${why} (event ${number} of ${id})`,
      { id, number, type },
      options,
    )
  if (typeof upcaster !== 'function') throw corrupt('is not a function')
  let made: unknown
  try {
    made = Reflect.apply(upcaster, undefined, [structuredClone(event)])
  } catch (cause) {
    throw corrupt('failed', { cause })
  }
  if (isPlainObject(made) && typeof made.type === 'string' && made.type !== '') {
    return { ...made, type: made.type }
  }
  throw corrupt('gave no event with a type')
}

interface TypeOnly {
  readonly type: string
}
