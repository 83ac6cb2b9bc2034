import type { Event, EventMeta } from '../event-sourcing/index.ts'

/** The fields of `meta` that clients see. */
type PublicMeta = 'commandId' | 'traceId' | 'owner' | 'actor'

export type FlatEvent<E extends Event> = E extends Event
  ? Omit<E, 'meta'> & Partial<Pick<EventMeta, PublicMeta>> & { id: string }
  : never

/**
 * Returns an event in its API form. The flat object has the resource's id, the public fields of
 * `meta` and the event's own attributes.
 */
export function flatEvent<E extends Event>(id: string, event: E): FlatEvent<E>
export function flatEvent(id: string, { meta, ...event }: Event): FlatEvent<Event> {
  const { commandId, traceId, owner, actor } = meta ?? {}
  return {
    ...event,
    id,
    ...(commandId && { commandId }),
    ...(traceId && { traceId }),
    ...(owner && { owner }),
    ...(actor && { actor }),
  }
}
