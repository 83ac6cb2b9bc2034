import { canonical } from '../commits/fingerprint.ts'
import { CorruptHistory } from '../errors.ts'
import type { Event, StoredEvent } from '../event.ts'

/** An item as a stored event, after a look at what every event must have. */
export function storedEvent(item: Record<string, unknown>): StoredEvent {
  if (isStoredEvent(item)) return item
  const { id, number } = item
  throw new CorruptHistory(`The item (${id}, ${number}) is not an event`, { id, number })
}

function isStoredEvent(
  item: Record<string, unknown>,
): item is Record<string, unknown> & StoredEvent {
  const { id, number, type, created, meta } = item
  return (
    typeof id === 'string' &&
    typeof number === 'number' &&
    typeof type === 'string' &&
    typeof created === 'string' &&
    typeof meta === 'object' &&
    meta !== null &&
    'commandId' in meta
  )
}

/**
 * Whether two events are one: what is there is what an earlier try at the same put has written. A
 * repeated command makes an event of its own, with another date, which is another one.
 */
export function isSameEvent(one: StoredEvent, other: StoredEvent): boolean {
  return one.meta.commandId === other.meta.commandId && canonical(one) === canonical(other)
}

/**
 * The event as its domain knows it: the resource's id stands beside it, not in it. The store is
 * trusted to hold what was committed: nothing here can check a domain's own attributes.
 */
export function withoutId<E extends Event>({ id: _, ...event }: StoredEvent): E {
  const domainEvent: Event = event
  return domainEvent as E
}
