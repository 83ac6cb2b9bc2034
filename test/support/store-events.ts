import { randomUUID } from 'node:crypto'
import type { EventStore, StoredEvent } from '../../lib/event-sourcing/index.ts'

/** An event of the shop as a store holds it, about so many bytes large. */
export function restockedEvent(id: string, number: number, bytes = 0): StoredEvent {
  return {
    id,
    number,
    type: 'ProductRestocked',
    amount: 1,
    created: '2030-01-01T00:00:00.000Z',
    meta: { commandId: randomUUID() },
    ...(bytes > 0 && { note: 'x'.repeat(bytes) }),
  }
}

/** Stores events, several at once. */
export async function storeEvents(store: EventStore, events: readonly StoredEvent[]) {
  const left = [...events]
  const worker = async () => {
    for (let event = left.shift(); event; event = left.shift()) await store.append(event)
  }
  await Promise.all(Array.from({ length: 16 }, worker))
}

/** 1, 2 … up to a number; or from another one on. */
export function numbersTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
