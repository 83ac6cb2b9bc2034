import { setTimeout as delay } from 'node:timers/promises'
import type { EventStore } from '../store/event-store.ts'
import { assertSame, type ContractCase, range, stored } from './contract-case.ts'

/** The longest time that the index of owners may take, in milliseconds. */
const PATIENCE = 10_000

/**
 * The guarantees of `owned` in every store. A DynamoDB table needs the index of owners for them. Each
 * case needs an empty store, as in `eventStoreContract`.
 */
export const ownersContract: readonly ContractCase[] = [
  {
    name: 'the resources of an owner are found, in the order of their ids, and no others',
    async run(store) {
      for (const [id, owner] of [...'hbdacgef'].map((id) => [id, id < 'e' ? 'alice' : 'bob'])) {
        await store.append(owned(id ?? '', 1, owner ?? ''))
        await store.append(stored(id ?? '', 2))
      }
      await store.append(stored('nobody', 1))
      await becomes(store, 'alice', {}, ['a', 'b', 'c', 'd'])
      await becomes(store, 'bob', {}, ['e', 'f', 'g', 'h'])
      await becomes(store, 'carol', {}, [])
    },
  },
  {
    name: 'a resource that returns to an owner is found once, and the former owner still finds it',
    async run(store) {
      for (const [index, owner] of ['alice', 'bob', 'alice'].entries()) {
        await store.append(owned('a', index + 1, owner))
      }
      await becomes(store, 'alice', { about: 1 }, ['a'])
      await becomes(store, 'bob', {}, ['a'])
    },
  },
  {
    name: 'the resources of an owner continue after an id, whatever the size of the pages',
    async run(store) {
      const ids = range(10, 29).map((number) => `id-${number}`)
      await store.transact(ids.map((id) => ({ store, id, number: 1, event: owned(id, 1, 'ann') })))
      for (const about of [1, 3, 100]) {
        await becomes(store, 'ann', { about }, ids)
        await becomes(store, 'ann', { about, after: 'id-17' }, ids.slice(8))
      }
      await becomes(store, 'ann', { after: 'id-29' }, [])
    },
  },
  {
    name: 'an event is returned without the attribute of the index',
    async run(store) {
      const event = owned('a', 1, 'alice')
      await store.append(event)
      for await (const page of store.history('a')) assertSame(page, [event])
      for await (const page of store.scan()) assertSame(page, [event])
      const appended = await store.append(owned('a', 1, 'bob'))
      assertSame(appended, { outcome: 'taken', by: event })
    },
  },
]

function owned(id: string, number: number, owner: string) {
  const event = stored(id, number)
  return { ...event, meta: { ...event.meta, owner, isNewOwner: true as const } }
}

/** Waits until the index has caught up. */
async function becomes(
  store: EventStore,
  owner: string,
  after: Parameters<EventStore['owned']>[1],
  expected: readonly string[],
): Promise<void> {
  const until = performance.now() + PATIENCE
  for (;;) {
    const found: string[] = []
    for await (const page of store.owned(owner, after)) found.push(...page)
    const isRight = JSON.stringify(found) === JSON.stringify(expected)
    if (isRight || performance.now() > until) return assertSame(found, expected)
    await delay(20)
  }
}
