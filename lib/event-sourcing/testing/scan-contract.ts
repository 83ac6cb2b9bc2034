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
    name: 'a scan returns every event, in order and grouped by resource',
    async run(store) {
      const ids = await appendResources(store, 7, 3)
      assertWhole(await scan(store), ids, 3)
    },
  },
  {
    name: 'a scan of several pages returns every event',
    async run(store) {
      const ids = await appendResources(store, 6, 5, 100_000)
      assertWhole(await scan(store), ids, 5)
    },
  },
  {
    name: 'a scan continues after a resource while others write',
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
    name: 'a scan of an empty store is empty',
    async run(store) {
      assertSame(await scan(store), [])
    },
  },
  {
    name: 'the segments of a scan together return every event once, and each resource in one segment',
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
    name: 'the first page of a scan has at most about events, and later pages have the rest',
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
    name: 'the order of a scan is always the same, for any start and any page size',
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
