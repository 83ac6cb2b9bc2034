import { randomUUID } from 'node:crypto'
import type { EventStore, StoredEvent } from '../../lib/event-sourcing/index.ts'

/** Returns an event of a concert as a store holds it, with a size of about `bytes`. */
export function seatsAddedEvent(id: string, number: number, bytes = 0): StoredEvent {
  return {
    id,
    number,
    type: 'SeatsAdded',
    amount: 1,
    created: '2030-01-01T00:00:00.000Z',
    meta: { commandId: randomUUID() },
    ...(bytes > 0 && { note: 'x'.repeat(bytes) }),
  }
}

/** The limits of a transaction. */
const STEPS = 100
const BYTES = 3_000_000

/** Stores events in few requests. */
export async function storeEvents(store: EventStore, events: readonly StoredEvent[]) {
  for (const part of partsOf(events)) {
    const steps = part.map((event) => ({ store, id: event.id, number: event.number, event }))
    await store.transact(steps)
  }
}

function partsOf(events: readonly StoredEvent[]): StoredEvent[][] {
  const parts: StoredEvent[][] = []
  let room = 0
  for (const event of events) {
    const bytes = Buffer.byteLength(JSON.stringify(event))
    const last = parts.at(-1)
    if (!last || last.length === STEPS || bytes > room) {
      parts.push([event])
      room = BYTES - bytes
    } else {
      last.push(event)
      room -= bytes
    }
  }
  return parts
}

/** Returns the numbers from `first` (default 1) to `last`. */
export function numbersTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
