import assert from 'node:assert/strict'
import type { StoredEvent } from '../event.ts'
import {
  appendResources,
  assertSame,
  assertWhole,
  type ContractCase,
  range,
  scan,
  stored,
} from './contract-case.ts'

/** The guarantees of `scan` in every store. */
export const scanContract: readonly ContractCase[] = [
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
      const rest = await scan(store, { after: third })
      assertWhole(rest, order.slice(3), 2)
      assertSame(order.toSorted(), ids.toSorted())
      assertSame(await scan(store, { after: order.at(-1) }), [])
    },
  },
  {
    name: 'an empty store gives an empty scan',
    async run(store) {
      assertSame(await scan(store), [])
    },
  },
  {
    name: 'the segments of a scan together give every event once, each resource whole in one',
    async run(store) {
      const ids = await appendResources(store, 24, 5)
      for (const count of [1, 2, 4, 7]) {
        const segments = await Promise.all(
          range(0, count - 1).map((index) => scan(store, { segment: { index, of: count } })),
        )
        assertWhole(segments.flat(), ids, 5)
      }
    },
  },
  {
    name: 'the first page of a scan holds no more than about what is wanted, the rest follows',
    async run(store) {
      const ids = await appendResources(store, 9, 7)
      for (const about of [1, 3, 20, 1e9]) {
        const pages: (readonly StoredEvent[])[] = []
        for await (const page of store.scan({ about })) pages.push(page)
        assert.ok((pages[0]?.length ?? 0) <= about, `a first page of ${about}`)
        assertWhole(pages.flat(), ids, 7)
      }
    },
  },
  {
    name: 'the order of a scan is the same each time, for any start and any limit',
    async run(store) {
      await appendResources(store, 9, 3)
      const events = await scan(store)
      assertSame(await scan(store, { about: 2 }), events)
      const after = events[13]?.id
      const begin = events.findLastIndex(({ id }) => id === after) + 1
      assertSame(await scan(store, { after }), events.slice(begin))
      assertSame(await scan(store, { after, about: 2 }), events.slice(begin))
    },
  },
]
