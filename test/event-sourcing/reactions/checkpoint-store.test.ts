import { newCheckpoint } from '../../../lib/event-sourcing/reactions/checkpoints/checkpoint.ts'
import { newRecord } from '../../../lib/event-sourcing/reactions/checkpoints/reactor-record.ts'
import {
  type Checkpoint,
  type CheckpointStore,
  inMemoryCheckpointStore,
} from '../../../lib/event-sourcing/reactions/index.ts'
import { newCheckpointTable } from '../../support/checkpoint-table.ts'
import { withDynamoDB } from '../../support/dynamodb.ts'

const dynamodb = withDynamoDB()

async function list(items: AsyncIterable<Checkpoint>): Promise<string[]> {
  const ids: string[] = []
  for await (const { id } of items) ids.push(id)
  return ids.sort()
}

describe.each([
  ['in memory', async () => inMemoryCheckpointStore()],
  ['on DynamoDB', () => newCheckpointTable(dynamodb.client)],
])('checkpoints %s', (_, open) => {
  let store: CheckpointStore
  beforeAll(async () => {
    store = await open()
  })

  test('a checkpoint reads back as it was last written', async () => {
    const parked = {
      number: 2,
      type: 'Counted',
      error: { name: 'Error', message: 'no' },
      since: '2026-01-01T00:00:00.000Z',
      times: 1,
    }
    await store.put({ ...newCheckpoint('one', 'a', 3), parked, due: 5 })
    expect(await store.get('one', 'a')).toEqual({
      ...newCheckpoint('one', 'a', 3),
      parked,
      due: 5,
      revision: 1,
    })
    expect(await store.get('one', 'b')).toBeUndefined()
    expect(await store.get('other', 'a')).toBeUndefined()
  })

  test('one of several writers of a checkpoint wins, and the others get the stored checkpoint', async () => {
    const first = newCheckpoint('race', 'a', 1)
    const puts = await Promise.all([1, 2, 3].map((seen) => store.put({ ...first, seen })))
    const stored = puts.filter(({ outcome }) => outcome === 'stored')
    expect(stored).toHaveLength(1)
    const there = await store.get('race', 'a')
    for (const put of puts) {
      expect(put.outcome === 'stored' ? put.stored : put.by).toEqual(there)
    }
  })

  test('due checkpoints are those of one reactor whose lease or pause has ended', async () => {
    for (const [id, due] of [
      ['early', 10],
      ['late', 30],
      ['never', undefined],
    ] as const) {
      await store.put({ ...newCheckpoint('waits', id, 1), due })
    }
    await store.put({ ...newCheckpoint('other waits', 'early', 1), due: 10 })
    expect(await list(store.due('waits', 20))).toEqual(['early'])
    expect(await list(store.due('waits', 30))).toEqual(['early', 'late'])
    expect(await list(store.all('waits'))).toEqual(['early', 'late', 'never'])
  })

  test('one of several writers of a reactor’s record wins, and the others get the stored record', async () => {
    const record = newRecord('race', 'now', Date.now())
    const puts = await Promise.all([1, 2, 3].map(() => store.putReactor(record)))
    expect(puts.filter(({ outcome }) => outcome === 'stored')).toHaveLength(1)
    const there = await store.reactor('race')
    expect(there).toEqual({ ...record, revision: 1 })
    for (const put of puts) expect(put.outcome === 'stored' ? put.stored : put.by).toEqual(there)
    expect(await store.reactor('other')).toBeUndefined()
  })

  test('the records of all reactors are listed, separately from checkpoints', async () => {
    const names = ['first', 'second']
    for (const name of names) {
      await store.putReactor(newRecord(name, 'beginning', Date.now()))
      await store.put(newCheckpoint(name, 'a', 1))
    }
    const found: string[] = []
    for await (const { reactor } of store.reactors()) found.push(reactor)
    expect(found.filter((name) => names.includes(name)).sort()).toEqual(names)
    expect(await list(store.all('first'))).toEqual(['a'])
  })

  test('all checkpoints of a reactor are listed, also after a given resource', async () => {
    for (const id of ['a', 'b', 'c', 'd']) await store.put(newCheckpoint('listed', id, 1))
    const all: string[] = []
    for await (const { id } of store.all('listed')) all.push(id)
    const rest: string[] = []
    for await (const { id } of store.all('listed', all[1])) rest.push(id)
    expect(rest).toEqual(all.slice(2))
  })

  test('a checkpoint without a lease or pause is not due', async () => {
    await store.put({ ...newCheckpoint('done', 'a', 1), due: 10 })
    const waiting = await store.get('done', 'a')
    if (waiting) await store.put({ ...waiting, due: undefined })
    expect(await list(store.due('done', 100))).toEqual([])
  })
})
