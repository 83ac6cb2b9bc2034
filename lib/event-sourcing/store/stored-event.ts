import { CorruptHistory, isEventSourcingError } from '../errors.ts'
import type { Event, StoredEvent } from '../event.ts'

/**
 * The attribute of an item by which an index finds the resources of an owner: the `owner` of an
 * event with `isNewOwner`. Not part of the event.
 */
export const OWNER_KEY = '$owner'
/** The index of a table with the partition key `$owner` and the sort key `id`. */
export const OWNER_INDEX = 'byOwner'

/** Returns the item of an event, with the attribute of the index. */
export function indexed(event: StoredEvent): object {
  const { isNewOwner, owner } = event.meta
  return isNewOwner ? { ...event, [OWNER_KEY]: owner } : event
}

/** Returns an item as a stored event, after checking the attributes that every event must have. */
export function storedEvent(item: Record<string, unknown>): StoredEvent {
  if (OWNER_KEY in item) delete item[OWNER_KEY]
  if (isStoredEvent(item)) return item
  const { id } = item
  // A number that JavaScript cannot represent exactly is a bigint, which JSON does not have.
  const number = typeof item.number === 'bigint' ? Number(item.number) : item.number
  throw new CorruptHistory(`The item (${id}, ${number}) is not an event`, { id, number })
}

/** Returns the key of the item that made a scan fail, because it is not an event. */
export function brokenItemOf(
  error: unknown,
): { readonly id: string; readonly number: number } | undefined {
  if (!isEventSourcingError(error, 'CorruptHistory')) return undefined
  const { id, number } = error.data
  return typeof id === 'string' && typeof number === 'number' ? { id, number } : undefined
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
 * Whether two events are the same, so that the stored event comes from an earlier attempt of this
 * put. A repeated command creates a different event, with another date.
 */
export function isSameEvent(one: StoredEvent, other: StoredEvent): boolean {
  return one.meta.commandId === other.meta.commandId && canonical(one) === canonical(other)
}

/**
 * Returns the event in its domain form, without the resource's id. Domain attributes are not
 * checked: the store is trusted to return what was committed.
 */
export function withoutId<E extends Event>({ id: _, ...event }: StoredEvent): E {
  const domainEvent: Event = event
  return domainEvent as E
}

/** Returns JSON with sorted attributes, so that equal contents give equal texts. */
export function canonical(value: unknown): string {
  const text: string | undefined = JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
  })
  return text ?? 'undefined'
}
