import { CorruptHistory } from '../errors.ts'
import type { Event, StoredEvent, Uncommitted } from '../event.ts'
import { isPlainObject } from './state.ts'

/** An event as it was stored, possibly with a type or shape that is no longer committed. */
export type PastEvent = Event & Readonly<Record<string, unknown>>

/**
 * Functions by stored event type. Each one converts a stored event to its current shape and returns
 * the type and the attributes. The number, date and `meta` are kept. The stored event does not
 * change.
 *
 *     class Product extends Aggregate<ProductEvent> {
 *       static override readonly upcasters: Upcasters<ProductEvent> = {
 *         ProductBooked: () => ({ type: 'ProductReserved' }),
 *       }
 *
 * If the type keeps its name, the upcaster also receives events that already have the current
 * shape.
 */
export type Upcasters<E extends Event> = Readonly<
  Record<string, (event: PastEvent) => Uncommitted<E>>
>

/** Whether a class has upcasters. */
export function hasUpcasters(aggregateClass: object): boolean {
  return isPlainObject(Reflect.get(aggregateClass, 'upcasters'))
}

/**
 * Returns a stored event in its current shape. Applies the `upcasters` of the class, first for the
 * stored type and then for each new type. Each upcaster runs at most once.
 * @throws CorruptHistory if an upcaster fails
 */
export function upcast(aggregateClass: object, stored: StoredEvent): StoredEvent {
  const upcasters: unknown = Reflect.get(aggregateClass, 'upcasters')
  // The fast path: nearly all events have the current shape, and histories are long.
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
  throw corrupt('must return an object with a type')
}

interface TypeOnly {
  readonly type: string
}
