import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { StoredEvent } from '../event.ts'
import type { EventStore } from '../event-store.ts'

export interface ContractCase {
  /** The guarantee, in words. */
  readonly name: string
  /** @throws AssertionError where the store does not keep it */
  run(store: EventStore): Promise<void>
}

/**
 * What every store guarantees. Each case wants a store that is empty:
 *
 *     for (const { name, run } of eventStoreContract) test(name, async () => run(await emptyStore()))
 */
export const eventStoreContract: readonly ContractCase[] = [
  {
    name: 'an event is read back as it was appended, with all its attributes',
    async run(store) {
      const event = stored(randomUUID(), 1, {
        text: 'Größe 🙂',
        empty: '',
        none: null,
        yes: true,
        zero: 0,
        fraction: -0.1,
        large: Number.MAX_SAFE_INTEGER,
        list: [1, 'two', [3], { four: 4 }, []],
        map: { deep: { deeper: {} } },
      })
      assertSame(await store.append(event), { outcome: 'stored' })
      assertSame(await history(store, event.id), [event])
    },
  },
  {
    name: 'an append under a number that is taken changes nothing and brings the event that holds it',
    async run(store) {
      const [first, second] = [stored('a', 1, { by: 'first' }), stored('a', 1, { by: 'second' })]
      await store.append(first)
      assertSame(await store.append(second), { outcome: 'taken', by: first })
      assertSame(await history(store, 'a'), [first])
    },
  },
  {
    name: 'an append that its own command repeats is stored once, and is no conflict',
    async run(store) {
      const event = stored('a', 1)
      await store.append(event)
      assertSame(await store.append(event), { outcome: 'stored' })
      assertSame(await history(store, 'a'), [event])
    },
  },
  {
    name: 'of many concurrent appends under one number exactly one is stored',
    async run(store) {
      const events = Array.from({ length: 32 }, (_, by) => stored('a', 1, { by }))
      const outcomes = await Promise.all(events.map((event) => store.append(event)))
      const winners = events.filter((_, index) => outcomes[index]?.outcome === 'stored')
      assert.equal(winners.length, 1)
      assertSame(await history(store, 'a'), winners)
      for (const appended of outcomes) {
        if (appended.outcome === 'taken') assertSame(appended.by, winners[0])
      }
    },
  },
  {
    name: 'the same number of another resource is free',
    async run(store) {
      await store.append(stored('a', 1))
      assertSame(await store.append(stored('b', 1)), { outcome: 'stored' })
    },
  },
  {
    name: 'a history is in the order of its numbers',
    async run(store) {
      await appendAll(store, 'a', 12)
      assertSame(numbers(await history(store, 'a')), range(1, 12))
    },
  },
  {
    name: 'a history after a number, and of at most so many events',
    async run(store) {
      await appendAll(store, 'a', 9)
      assertSame(numbers(await history(store, 'a', { after: 4 })), range(5, 9))
      assertSame(numbers(await history(store, 'a', { limit: 3 })), range(1, 3))
      assertSame(numbers(await history(store, 'a', { after: 7, limit: 5 })), range(8, 9))
      assertSame(await history(store, 'a', { after: 9 }), [])
    },
  },
  {
    name: 'an id without events has an empty history',
    async run(store) {
      await store.append(stored('ab', 1))
      assertSame(await history(store, 'a'), [])
    },
  },
  {
    name: 'a history over the size of a page is read whole, and so is a limit over it',
    async run(store) {
      await appendAll(store, 'a', 24, 100_000)
      assertSame(numbers(await history(store, 'a')), range(1, 24))
      assertSame(numbers(await history(store, 'a', { after: 2, limit: 15 })), range(3, 17))
    },
  },
  {
    name: 'a scan gives every event, those of one resource together and in order',
    async run(store) {
      const ids = await appendResources(store, 7, 3)
      assertWhole(await scan(store), ids, 3)
    },
  },
  {
    name: 'a scan over the size of a page gives every event, across the pages',
    async run(store) {
      const ids = await appendResources(store, 6, 5, 100_000)
      assertWhole(await scan(store), ids, 5)
    },
  },
  {
    name: 'a scan goes on behind a resource, while others write',
    async run(store) {
      const ids = await appendResources(store, 8, 2)
      const order = [...new Set((await scan(store)).map(({ id }) => id))]
      const [, , third = ''] = order
      await store.append(stored(third, 3))
      await store.append(stored(order[0] ?? '', 3))
      const rest = await scan(store, third)
      assertWhole(rest, order.slice(3), 2)
      assertSame(order.toSorted(), ids.toSorted())
      assertSame(await scan(store, order.at(-1)), [])
    },
  },
  {
    name: 'an empty store gives an empty scan',
    async run(store) {
      assertSame(await scan(store), [])
    },
  },
  {
    name: 'what was read, or appended, is not the stored event itself',
    async run(store) {
      const event = stored('a', 1, { list: [1] })
      await store.append(event)
      for (const read of [event, ...(await history(store, 'a'))]) Object.assign(read, { type: 'X' })
      assert.equal((await history(store, 'a'))[0]?.type, 'Happened')
    },
  },
]

function stored(
  id: string,
  number: number,
  attributes: Readonly<Record<string, unknown>> = {},
): StoredEvent {
  const created = new Date(Date.UTC(2030, 0, 1, 0, 0, number)).toISOString()
  return { ...attributes, id, number, type: 'Happened', created, meta: { commandId: randomUUID() } }
}

/** Compares contents: what comes from a store may have been made in another realm. */
function assertSame(actual: unknown, expected: unknown): void {
  assert.deepEqual(JSON.parse(JSON.stringify(actual)), JSON.parse(JSON.stringify(expected)))
}

async function appendAll(store: EventStore, id: string, count: number, size = 0): Promise<void> {
  const filling = size > 0 ? { filling: 'x'.repeat(size) } : {}
  await Promise.all(range(1, count).map((number) => store.append(stored(id, number, filling))))
}

async function appendResources(store: EventStore, count: number, events: number, size = 0) {
  const ids = range(1, count).map(() => randomUUID())
  for (const id of ids) await appendAll(store, id, events, size)
  return ids
}

async function history(store: EventStore, ...request: Parameters<EventStore['history']>) {
  return collect(store.history(...request))
}

async function scan(store: EventStore, after?: string) {
  return collect(store.scan({ after }))
}

async function collect(pages: AsyncIterable<readonly StoredEvent[]>): Promise<StoredEvent[]> {
  const events: StoredEvent[] = []
  for await (const page of pages) events.push(...page)
  return events
}

function assertWhole(events: readonly StoredEvent[], ids: readonly string[], each: number): void {
  const order = [...new Set(events.map(({ id }) => id))]
  assert.deepEqual(order.toSorted(), [...ids].sort(), 'every resource, and no other')
  assert.deepEqual(
    events.map(({ id, number }) => [id, number]),
    order.flatMap((id) => range(1, each).map((number) => [id, number])),
    'the events of a resource follow each other in order',
  )
}

function numbers(events: readonly StoredEvent[]): number[] {
  return events.map(({ number }) => number)
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
