import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { StoredEvent } from '../event.ts'
import type { EventStore } from '../store/event-store.ts'

export interface ContractCase {
  /** The guarantee, in words. */
  readonly name: string
  /** @throws AssertionError if the store violates the guarantee */
  run(store: EventStore): Promise<void>
}

export function stored(
  id: string,
  number: number,
  attributes: Readonly<Record<string, unknown>> = {},
): StoredEvent {
  const created = new Date(Date.UTC(2030, 0, 1, 0, 0, number)).toISOString()
  return { ...attributes, id, number, type: 'Happened', created, meta: { commandId: randomUUID() } }
}

/** Compares contents, because values from a store may come from another realm. */
export function assertSame(actual: unknown, expected: unknown): void {
  assert.deepEqual(JSON.parse(JSON.stringify(actual)), JSON.parse(JSON.stringify(expected)))
}

export async function appendAll(
  store: EventStore,
  id: string,
  count: number,
  size = 0,
): Promise<void> {
  const filling = size > 0 ? { filling: 'x'.repeat(size) } : {}
  await Promise.all(range(1, count).map((number) => store.append(stored(id, number, filling))))
}

export async function appendResources(store: EventStore, count: number, events: number, size = 0) {
  const ids = range(1, count).map(() => randomUUID())
  for (const id of ids) await appendAll(store, id, events, size)
  return ids
}

export async function history(store: EventStore, ...request: Parameters<EventStore['history']>) {
  return collect(store.history(...request))
}

export async function scan(store: EventStore, ...request: Parameters<EventStore['scan']>) {
  return collect(store.scan(...request))
}

export async function collect(
  pages: AsyncIterable<readonly StoredEvent[]>,
): Promise<StoredEvent[]> {
  const events: StoredEvent[] = []
  for await (const page of pages) events.push(...page)
  return events
}

export function assertWhole(
  events: readonly StoredEvent[],
  ids: readonly string[],
  each: number,
): void {
  const order = [...new Set(events.map(({ id }) => id))]
  assert.deepEqual(order.toSorted(), [...ids].sort(), 'every resource, and no other')
  assert.deepEqual(
    events.map(({ id, number }) => [id, number]),
    order.flatMap((id) => range(1, each).map((number) => [id, number])),
    'the events of a resource follow each other in order',
  )
}

export function numbers(events: readonly StoredEvent[]): number[] {
  return events.map(({ number }) => number)
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
