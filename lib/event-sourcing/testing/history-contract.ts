import assert from 'node:assert/strict'
import {
  appendAll,
  assertSame,
  type ContractCase,
  history,
  numbers,
  range,
  stored,
} from './contract-case.ts'

/** The guarantees of `history` in every store. */
export const historyContract: readonly ContractCase[] = [
  {
    name: 'a history is in the order of its numbers',
    async run(store) {
      await appendAll(store, 'a', 12)
      assertSame(numbers(await history(store, 'a')), range(1, 12))
    },
  },
  {
    name: 'a history can start after a number and has a limit',
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
    name: 'a history of several pages is complete, with and without a limit',
    async run(store) {
      await appendAll(store, 'a', 24, 100_000)
      assertSame(numbers(await history(store, 'a')), range(1, 24))
      assertSame(numbers(await history(store, 'a', { after: 2, limit: 15 })), range(3, 17))
    },
  },
  {
    name: 'a history after a number and up to a limit is exact for all page borders',
    async run(store) {
      await appendAll(store, 'a', 36, 100_000)
      for (const [after, limit] of [
        [0, 35],
        [0, 36],
        [0, 37],
        [9, 1],
        [3, 11],
        [10, 25],
        [30, 100],
        [35, 1],
        [36, 1],
        [0, Number.MAX_SAFE_INTEGER],
      ] as const) {
        const read = numbers(await history(store, 'a', { after, limit }))
        assertSame(read, range(after + 1, Math.min(36, after + limit)))
      }
      assertSame(numbers(await history(store, 'a', { after: 7 })), range(8, 36))
    },
  },
  {
    name: 'a history contains each event whose append has returned, once',
    async run(store) {
      const seen: number[] = []
      for (const number of range(1, 30)) {
        await store.append(stored('a', number))
        const events = await history(store, 'a', { after: seen.at(-1) ?? 0 })
        seen.push(...numbers(events))
        assert.equal(seen.at(-1), number)
      }
      assertSame(seen, range(1, 30))
    },
  },
]
