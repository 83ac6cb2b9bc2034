import type { Entry, EntryRange, ViewStore } from '../../../lib/event-sourcing/views/index.ts'
import { withDynamoDB } from '../../support/dynamodb.ts'
import { eventually } from '../../support/eventually.ts'
import { viewStores } from '../../support/view-stores.ts'

const dynamodb = withDynamoDB()

describe.each(viewStores(dynamodb))('a store of views %s', (_, newStore) => {
  let store: ViewStore

  beforeEach(async () => {
    store = await newStore()
  })

  const entry = (item: string, revision = 1, more: Partial<Entry> = {}): Entry => ({
    partition: 'p',
    item,
    revision,
    body: { text: item },
    ...more,
  })

  async function items(range?: EntryRange): Promise<string[]> {
    const found: string[] = []
    for await (const { item } of store.entries('p', range)) found.push(item)
    return found
  }

  async function sorts(key: string, range?: EntryRange): Promise<string[]> {
    const found: string[] = []
    for await (const { sort = '' } of store.found(key, range)) found.push(sort)
    return found
  }

  test('returns an entry as it was written', async () => {
    const body = { list: [1, null, { deep: true }], text: 'é', number: -1.5, none: {} }
    await store.putNewer(entry('a', 3, { key: 'k', sort: 's', body }))
    expect(await store.get({ partition: 'p', item: 'a' })).toEqual(
      entry('a', 3, { key: 'k', sort: 's', body }),
    )
    expect(await store.get({ partition: 'p', item: 'b' })).toBeUndefined()
  })

  test('replaces an entry by a newer one only', async () => {
    expect(await store.putNewer(entry('a', 2))).toBe(true)
    expect(await store.putNewer(entry('a', 1, { body: { old: true } }))).toBe(false)
    expect(await store.putNewer(entry('a', 2, { body: { same: true } }))).toBe(false)
    expect(await store.putNewer(entry('a', 5))).toBe(true)
    expect((await store.get({ partition: 'p', item: 'a' }))?.revision).toBe(5)
  })

  test('changes all entries, or none if one has another revision', async () => {
    expect(
      await store.change([
        { entry: entry('a'), was: 0 },
        { entry: entry('b', 7), was: 0 },
      ]),
    ).toEqual({ outcome: 'stored' })
    expect(
      await store.change([
        { entry: entry('a', 2), was: 1 },
        { entry: entry('b', 9), was: 8 },
        { entry: entry('c', 2), was: 1 },
      ]),
    ).toEqual({ outcome: 'taken', by: [undefined, entry('b', 7), 'none'] })
    expect(await store.change([{ entry: entry('a'), was: 0 }])).toEqual({
      outcome: 'taken',
      by: [entry('a')],
    })
    expect(await items()).toEqual(['a', 'b'])
    expect(
      await store.change([
        { entry: entry('a', 2), was: 1 },
        { entry: entry('b', 8), was: 7 },
      ]),
    ).toEqual({ outcome: 'stored' })
  })

  test('reads a range of a partition in both directions, by bytes', async () => {
    for (const item of ['b', 'a', 'ab', 'é', '\u{10000}', '\uFFFD', 'B']) {
      await store.putNewer(entry(item))
    }
    await store.putNewer({ ...entry('x'), partition: 'other' })
    const all = ['B', 'a', 'ab', 'b', 'é', '\uFFFD', '\u{10000}']
    expect(await items()).toEqual(all)
    expect(await items({ descending: true })).toEqual([...all].reverse())
    expect(await items({ from: 'a', before: 'b' })).toEqual(['a', 'ab'])
    expect(await items({ after: 'ab', about: 1 })).toEqual(['b', 'é', '\uFFFD', '\u{10000}'])
    expect(await items({ after: 'b', descending: true, about: 1 })).toEqual(['ab', 'a', 'B'])
    expect(await items({ from: 'a', before: 'é', after: 'b', descending: true })).toEqual([
      'ab',
      'a',
    ])
    expect(await items({ from: 'b', before: 'a' })).toEqual([])
    expect(await items({ from: 'a', before: 'b', after: 'b' })).toEqual([])
  })

  test('finds entries by key, and forgets their old key and sort value', async () => {
    await store.putNewer(entry('a', 1, { key: 'k', sort: '1' }))
    await store.putNewer(entry('b', 1, { key: 'k', sort: '2' }))
    await store.putNewer(entry('c', 1, { key: 'k', sort: '3' }))
    await store.putNewer(entry('d'))
    await eventually(async () => (await sorts('k')).length === 3 || undefined)
    expect(await sorts('k', { descending: true, after: '3' })).toEqual(['2', '1'])
    expect(await sorts('k', { from: '2', before: '3' })).toEqual(['2'])
    await store.putNewer(entry('a', 2, { key: 'other', sort: '1' }))
    await store.putNewer(entry('b', 2))
    await store.change([{ entry: entry('c', 2, { key: 'k', sort: '9' }), was: 1 }])
    await eventually(async () => (await sorts('k')).join() === '9' || undefined)
    expect(await sorts('other')).toEqual(['1'])
  })

  test('removes entries', async () => {
    const many = Array.from({ length: 60 }, (_, index) => entry(`${index}`))
    await Promise.all(many.map((one) => store.putNewer(one)))
    await store.remove(many)
    expect(await items()).toEqual([])
    await store.remove(many.slice(0, 1))
  })
})
