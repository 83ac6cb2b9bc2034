import assert from 'node:assert/strict'
import type { StoredEvent } from '../event.ts'
import type { EventStore, Step } from '../store/event-store.ts'
import {
  appendAll,
  assertSame,
  type ContractCase,
  history,
  numbers,
  range,
  stored,
} from './contract-case.ts'

/** The guarantees of `transact` in every store. */
export const transactContract: readonly ContractCase[] = [
  {
    name: 'a transaction stores all its events, of several resources',
    async run(store) {
      const events = [stored('a', 1), stored('a', 2), stored('b', 1, { text: '🙂', none: null })]
      assertSame(await store.transact(puts(store, events)), { outcome: 'stored' })
      assertSame(await history(store, 'a'), events.slice(0, 2))
      assertSame(await history(store, 'b'), events.slice(2))
    },
  },
  {
    name: 'a taken number rejects the whole transaction and returns the conflicting event of each step',
    async run(store) {
      const [second, third] = [stored('b', 2, { by: 'another' }), stored('c', 1)]
      await store.append(second)
      await store.append(third)
      const steps = [stored('a', 1), stored('b', 1), stored('b', 2), stored('c', 1), stored('d', 1)]
      const transacted = await store.transact(puts(store, steps))
      assert.equal(transacted.outcome, 'taken')
      const by = transacted.outcome === 'taken' ? transacted.by : []
      assert.deepEqual(
        range(0, 4).map((index) => by[index] !== undefined),
        [false, false, true, true, false],
      )
      assertSame([by[2], by[3]], [second, third])
      assertSame(await history(store, 'a'), [])
      assertSame(await history(store, 'b'), [second])
      assertSame(await history(store, 'd'), [])
    },
  },
  {
    name: 'a guard succeeds while its number is free, and stores nothing',
    async run(store) {
      await appendAll(store, 'b', 2)
      const event = stored('a', 1)
      const steps = [...puts(store, [event]), guard(store, 'b', 3), guard(store, 'nowhere', 1)]
      assertSame(await store.transact(steps), { outcome: 'stored' })
      assertSame(await history(store, 'a'), [event])
      assertSame(numbers(await history(store, 'b')), [1, 2])
      assertSame(await history(store, 'nowhere'), [])
    },
  },
  {
    name: 'a guard whose number is taken rejects the transaction and returns the event',
    async run(store) {
      const moved = stored('b', 1)
      await store.append(moved)
      const steps = [...puts(store, [stored('a', 1)]), guard(store, 'b', 1)]
      const transacted = await store.transact(steps)
      assertSame(transacted, { outcome: 'taken', by: [null, moved] })
      assertSame(await history(store, 'a'), [])
    },
  },
  {
    name: 'a repeated transaction is stored once, also after later events',
    async run(store) {
      const events = [stored('a', 1), stored('a', 2), stored('b', 1)]
      const steps = [...puts(store, events), guard(store, 'c', 1)]
      await store.transact(steps)
      assertSame(await store.transact(steps), { outcome: 'stored' })
      await store.append(stored('a', 3))
      await store.append(stored('c', 1))
      assertSame(await store.transact(steps), { outcome: 'stored' })
      assertSame(numbers(await history(store, 'a')), [1, 2, 3])
      assertSame(await history(store, 'b'), events.slice(2))
    },
  },
  {
    name: 'a transaction that shares only some events with an earlier one is rejected',
    async run(store) {
      const [first, second] = [stored('a', 1), stored('a', 2)]
      await store.append(first)
      const transacted = await store.transact(puts(store, [first, second]))
      assertSame(transacted, { outcome: 'taken', by: [first, null] })
      assertSame(await history(store, 'a'), [first])
    },
  },
  {
    name: 'a transaction has up to 100 steps',
    async run(store) {
      const events = range(1, 99).map((number) => stored('a', number))
      const steps = [...puts(store, events), guard(store, 'b', 1)]
      assertSame(await store.transact(steps), { outcome: 'stored' })
      assertSame(await store.transact(steps), { outcome: 'stored' })
      assertSame(await history(store, 'a'), events)
      const last = stored('a', 199)
      await store.append(last)
      const more = range(100, 199).map((number) => stored('a', number))
      const transacted = await store.transact(puts(store, more))
      const free = range(1, 99).map(() => null)
      assertSame(transacted, { outcome: 'taken', by: [...free, last] })
      assertSame(await history(store, 'a', { after: 99 }), [last])
    },
  },
  {
    name: 'exactly one of many concurrent transactions over the same resources is stored, as a whole',
    async run(store) {
      const attempts = range(1, 12).map((by) => [stored('a', 1, { by }), stored('b', 1, { by })])
      // Half of the transactions list the resources in reverse order.
      const outcomes = await Promise.all(
        attempts.map((events, index) =>
          store.transact(puts(store, index % 2 === 0 ? events : events.toReversed())),
        ),
      )
      const winners = attempts.filter((_, index) => outcomes[index]?.outcome === 'stored')
      assert.equal(winners.length, 1)
      const both = [...(await history(store, 'a')), ...(await history(store, 'b'))]
      assertSame(both, winners.flat())
    },
  },
  {
    name: 'a transaction needs an event and stores of one kind',
    async run(store) {
      await assert.rejects(store.transact([guard(store, 'a', 1)]), { name: 'TypeError' })
      const another: EventStore = { ...store, name: 'another kind' }
      const steps = [...puts(store, [stored('a', 1)]), ...puts(another, [stored('b', 1)])]
      await assert.rejects(store.transact(steps), { name: 'TypeError' })
      assertSame(await history(store, 'a'), [])
    },
  },
]

function puts(store: EventStore, events: readonly StoredEvent[]): Step[] {
  return events.map((event) => ({ store, id: event.id, number: event.number, event }))
}

function guard(store: EventStore, id: string, number: number): Step {
  return { store, id, number }
}
