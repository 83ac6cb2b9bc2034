import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { assertSame, type ContractCase, history, stored } from './contract-case.ts'

/** The guarantees of `append` in every store. */
export const appendContract: readonly ContractCase[] = [
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
    name: 'an append under a taken number changes nothing and returns the stored event',
    async run(store) {
      const [first, second] = [stored('a', 1, { by: 'first' }), stored('a', 1, { by: 'second' })]
      await store.append(first)
      assertSame(await store.append(second), { outcome: 'taken', by: first })
      assertSame(await history(store, 'a'), [first])
    },
  },
  {
    name: 'a repeated append is stored once and is not a conflict',
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
    name: 'changes to appended or returned events do not change the stored event',
    async run(store) {
      const event = stored('a', 1, { list: [1] })
      await store.append(event)
      for (const read of [event, ...(await history(store, 'a'))]) Object.assign(read, { type: 'X' })
      assert.equal((await history(store, 'a'))[0]?.type, 'Happened')
    },
  },
  {
    name: 'numbers are read back exactly',
    async run(store) {
      const numbers = [0, 0.1, -0.1, 1 / 3, 1e-100, -1e-100, 1e-130, 123456789.12345679, 1e15, -1]
      const most = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]
      const event = stored('a', 1, { numbers: [...numbers, ...most], alone: 0.1, map: { n: 1e-7 } })
      await store.append(event)
      const [read] = await history(store, 'a')
      assertSame(read, event)
      assertSame(await store.append({ ...event }), { outcome: 'stored' })
    },
  },
  {
    name: 'texts, names and empty values are read back exactly',
    async run(store) {
      const event = stored('Größe 🙂 /#?%&+ " \\', 1, {
        texts: ['', ' ', '🙂👩‍👩‍👧', '\u0000\u001f', '\u2028', '"\\/', 'é', 'e\u0301', '\ufffd'],
        nothing: [null, [null], { null: null }, [], {}, [[]]],
        map: { S: 's', N: '1', M: { L: [] }, NULL: true, BOOL: false, B: 'b', SS: ['s'] },
        S: 'a name like that of a type',
        'a.b[0] #:🙂': 'a name with more than letters',
        constructor: 'a name that every object knows',
        toString: null,
        length: 0,
      })
      await store.append(event)
      assertSame(await history(store, event.id), [event])
      const other = stored(event.id, 1)
      assertSame(await store.append(other), { outcome: 'taken', by: event })
    },
  },
  {
    name: 'an event with the same contents from another command is a different event',
    async run(store) {
      const event = stored('a', 1, { amount: 1 })
      await store.append(event)
      const same = { ...event, meta: { commandId: randomUUID() } }
      assertSame(await store.append(same), { outcome: 'taken', by: event })
    },
  },
  {
    name: 'similar ids are different ids',
    async run(store) {
      const ids = ['a', 'A', ' a', 'a ', 'ä', 'a\u0308', 'a/1', '1', '01', 'x'.repeat(2048)]
      for (const id of ids) assertSame(await store.append(stored(id, 1)), { outcome: 'stored' })
      for (const id of ids) assert.equal((await history(store, id))[0]?.id, id)
    },
  },
]
