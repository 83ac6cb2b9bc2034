import type { Event, EventMeta } from '../event-sourcing/index.ts'

export type FlatEvent<E extends Event> = E extends Event
  ? Omit<E, 'meta'> & Partial<Pick<EventMeta, 'commandId' | 'traceId'>> & { id: string }
  : never

/**
 * Returns an event in its API form. The flat object has the resource's id, the public fields of
 * `meta` and the event's own attributes.
 */
export function flatEvent<E extends Event>(id: string, event: E): FlatEvent<E>
export function flatEvent(id: string, { meta, ...event }: Event): FlatEvent<Event> {
  const { commandId, traceId } = meta ?? {}
  return { ...event, id, ...(commandId && { commandId }), ...(traceId && { traceId }) }
}
