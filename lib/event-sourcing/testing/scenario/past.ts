import { completeEvent } from '../../commits/proposal.ts'
import type { StoredEvent } from '../../event.ts'
import type { EventStore } from '../../store/event-store.ts'

/**
 * Stores events that have happened, without rules. Continues after the `before` stored events.
 * @returns the stored events
 */
export async function appendPast(
  store: EventStore,
  aggregateClass: object,
  id: string,
  events: readonly unknown[],
  before: readonly StoredEvent[] = [],
): Promise<readonly StoredEvent[]> {
  const stored = [...before]
  for (const proposal of events) {
    const version = stored.length
    const now = new Date().toISOString()
    const context = { id, version, lastCreated: stored.at(-1)?.created, now, imported: true }
    const meta = { commandId: `given-${version + 1}` }
    const event = completeEvent(aggregateClass, proposal, context, meta)
    await store.append(event)
    stored.push(event)
  }
  return stored
}
