import type { GraphQLRequest } from '../../lib/client/index.ts'
import { FakeViews, thingView, totalOf } from './support/fake-views.ts'

const KIND = { kind: 'toy' }

/** An API whose mutation `makeThing` makes the thing `a`. */
class Commanded extends FakeViews {
  readonly result: (version: number) => object | null

  constructor(result: (version: number) => object | null) {
    super()
    this.result = result
  }

  protected override answer(request: GraphQLRequest): object {
    if (!request.query.startsWith('mutation')) return super.answer(request)
    this.commit('a')
    return { makeThing: this.result(this.history('a').length) }
  }
}

const MAKE = { query: 'mutation { makeThing { id version } }', variables: {} }

test('a query after a command asks for the state after it, until an answer has it', async () => {
  const api = new Commanded((version) => ({ id: 'a', version }))
  const { things, view } = thingView(api)
  await view.read(KIND)
  expect(await things.command(MAKE)).toEqual({ makeThing: { id: 'a', version: 1 } })
  api.lagging.set('a', 0)
  expect(await view.read(KIND)).toMatchObject({ behind: true })
  api.lagging.clear()
  const items = [{ id: 'a', version: 1 }]
  expect(await view.read(KIND)).toEqual({ items, nextToken: null, behind: false })
  await view.read(KIND)
  const after = { id: 'a', version: 1 }
  expect(api.afters).toEqual([undefined, after, after, undefined])
})

test('a query names only the arguments that have a value', async () => {
  const api = new FakeViews()
  const { things, view } = thingView(api)
  await view.read({ ...KIND, limit: undefined })
  things.wrote({ id: 'a', version: 2 })
  await view.read({ ...KIND, limit: 5 })
  expect(api.viewQueries).toEqual([
    {
      query:
        'query ($kind: String!) { thingsByKind(kind: $kind) { items { id version } nextToken behind } }',
      variables: KIND,
    },
    {
      query:
        'query ($kind: String!, $limit: Int, $after: ViewPosition) { thingsByKind(kind: $kind, limit: $limit, after: $after) { items { id version } nextToken behind } }',
      variables: { ...KIND, limit: 5, after: { id: 'a', version: 2 } },
    },
  ])
})

test('the newest write comes first, then the older ones; each view has to include them', async () => {
  const api = new FakeViews()
  api.commit('a', 3)
  api.commit('b')
  const { things, view } = thingView(api)
  const other = thingView(api).view
  for (const version of [2, 3, 1]) things.wrote({ id: 'a', version })
  things.wrote({ id: 'b', version: 1 })
  for (let query = 0; query < 3; query += 1) await view.read(KIND)
  await other.read(KIND)
  expect(api.afters).toEqual([
    { id: 'b', version: 1 },
    { id: 'a', version: 3 },
    undefined,
    undefined,
  ])
  const { view: second } = thingView(api, { feeds: [things] })
  await second.read(KIND)
  expect(api.afters.at(-1)).toEqual({ id: 'b', version: 1 })
})

test('a write is forgotten after 30 seconds, and 100 writes are kept', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] })
  try {
    const { things, view } = thingView(new FakeViews())
    for (let count = 0; count < 150; count += 1) things.wrote({ id: `thing-${count}`, version: 1 })
    expect(things.recentWrites()).toHaveLength(100)
    expect(things.recentWrites()[0]).toMatchObject({ id: 'thing-149' })
    expect(await view.read(KIND)).toMatchObject({ behind: true })
    jest.setSystemTime(Date.now() + 30_000)
    expect(things.recentWrites()).toEqual([])
    expect(await view.read(KIND)).toMatchObject({ behind: false })
  } finally {
    jest.useRealTimers()
  }
})

test('the row of a fold says whether it includes the write', async () => {
  const api = new FakeViews()
  const { things, total } = totalOf(api)
  expect(await total.read({})).toBeNull()
  api.commit('a', 2)
  api.lagging.set('a', 1)
  things.wrote({ id: 'a', version: 2 })
  expect(await total.read({})).toEqual({ events: 1, behind: true })
  api.lagging.clear()
  expect(await total.read({})).toEqual({ events: 2, behind: false })
})

test('a command without id and version in its result, or of another type, is a mistake', async () => {
  const incomplete = thingView(new Commanded(() => ({ id: 'a' }))).things
  await expect(incomplete.command(MAKE)).rejects.toThrow(
    'makeThing must have id and version; got {"id":"a"}: select both in the mutation',
  )
  const result = { id: 'a', version: 1, __typename: 'Animal' }
  const foreign = thingView(new Commanded(() => result)).things
  await expect(foreign.command(MAKE)).rejects.toThrow('send the command with the feed of Animal')
  const empty = thingView(new Commanded(() => null)).things
  expect(await empty.command(MAKE)).toEqual({ makeThing: null })
  expect(empty.recentWrites()).toEqual([])
})

test('a failed query is not retried by read, and a signal ends it', async () => {
  const api = new FakeViews()
  const { view } = thingView(api)
  api.beforeAnswer = async () => {
    throw new Error('The network is off')
  }
  await expect(view.read(KIND)).rejects.toThrow('The network is off')
  expect(api.requests).toHaveLength(1)
  api.beforeAnswer = () => new Promise(() => {})
  const controller = new AbortController()
  const reading = view.read(KIND, { signal: controller.signal })
  controller.abort()
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
})

test('an argument without a type is a mistake', async () => {
  const { view } = thingView(new FakeViews(), { arguments: JSON.parse('{}') })
  await expect(view.read(KIND)).rejects.toThrow(
    'The argument kind of thingsByKind has no type: add it to arguments, as in the schema',
  )
})
