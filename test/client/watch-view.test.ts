import { LOST, refusal } from './support/fake-api.ts'
import { FakeViews, thingView, totalOf } from './support/fake-views.ts'
import { readings, until } from './support/reading.ts'

const { read, endAll } = readings()
afterEach(endAll)

const KIND = { kind: 'toy' }
const page = (versions: Readonly<Record<string, number>>, behind = false) => ({
  items: Object.entries(versions).map(([id, version]) => ({ id, version })),
  nextToken: null,
  behind,
})

test('the page arrives at once, and again after each event', async () => {
  const api = new FakeViews()
  api.commit('a')
  const { view } = thingView(api)
  const reading = read(view.watchView(KIND))
  expect(await reading.reach(1)).toEqual([page({ a: 1 })])
  api.commit('a')
  expect(await reading.reach(2)).toEqual([page({ a: 1 }), page({ a: 2 })])
  api.commit('b')
  expect((await reading.reach(3)).at(-1)).toEqual(page({ a: 2, b: 1 }))
  // The subscription started before the first query, so that one query was enough.
  expect(api.afters).toEqual([undefined, { id: 'a', version: 2 }, { id: 'b', version: 1 }])
  expect([...api.subscriptions].map(({ id }) => id)).toEqual([undefined])
})

test('a hundred events during a query lead to one more query, for the newest of them', async () => {
  const api = new FakeViews()
  const { view } = thingView(api)
  const reading = read(view.watchView(KIND))
  await reading.reach(1)
  let answer = () => {}
  api.beforeAnswer = () => new Promise((resolve) => (answer = resolve))
  api.commit('a')
  await until(() => api.viewQueries.length === 2)
  api.commit('a', 100)
  api.beforeAnswer = async () => {}
  answer()
  await until(() => reading.all.at(-1)?.items[0]?.version === 101)
  expect(api.afters.slice(1)).toEqual([
    { id: 'a', version: 1 },
    { id: 'a', version: 101 },
  ])
})

test('a stream of events leads to one query in each interval', async () => {
  const api = new FakeViews()
  const { view } = thingView(api, { interval: 100 })
  const reading = read(view.watchView(KIND))
  await reading.reach(1)
  const begun = Date.now()
  for (let count = 1; count <= 100; count += 1) {
    api.commit('a')
    await new Promise((resolve) => setImmediate(resolve))
  }
  await until(() => reading.all.at(-1)?.items[0]?.version === 100)
  expect(api.viewQueries.length).toBeLessThanOrEqual(3 + (Date.now() - begun) / 100)
})

test('an unchanged page is not repeated', async () => {
  const api = new FakeViews()
  api.commit('a')
  const { view } = thingView(api)
  const reading = read(view.watchView(KIND))
  await reading.reach(1)
  for (const { observer } of api.subscriptions) observer.next(null)
  await until(() => api.viewQueries.length === 2)
  api.commit('a')
  await until(() => reading.all.length === 2)
  expect(reading.all).toEqual([page({ a: 1 }), page({ a: 2 })])
})

test('while the view is behind, it is asked again for the same event', async () => {
  const api = new FakeViews()
  api.commit('a')
  const { view } = thingView(api)
  const reading = read(view.watchView(KIND))
  await reading.reach(1)
  api.lagging.set('a', 1)
  api.commit('a')
  expect(await reading.reach(2)).toEqual([page({ a: 1 }), page({ a: 1 }, true)])
  await until(() => api.viewQueries.length >= 3)
  api.lagging.clear()
  expect((await reading.reach(3)).at(-1)).toEqual(page({ a: 2 }))
  for (const after of api.afters.slice(1)) expect(after).toEqual({ id: 'a', version: 2 })
})

test('while the view is being built, it is asked again after growing pauses', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] })
  try {
    const api = new FakeViews()
    api.isBuilding = true
    const { view } = thingView(api, { pollInterval: 10_000 })
    const reading = read(view.watchView(KIND))
    for (let second = 0; second < 60; second += 1) {
      await jest.advanceTimersByTimeAsync(1_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(api.viewQueries.length).toBeGreaterThan(6)
    expect(api.viewQueries.length).toBeLessThan(22)
    expect(reading.all).toEqual([page({}, true)])
  } finally {
    jest.useRealTimers()
  }
})

test('an own write is asked for at once, before the events of others', async () => {
  const api = new FakeViews()
  const { things, view } = thingView(api)
  const reading = read(view.watchView(KIND))
  await reading.reach(1)
  api.commit('own', 1, () => LOST)
  things.wrote({ id: 'own', version: 1 })
  api.commit('other')
  await reading.reach(2)
  await until(() => api.afters.length === 3)
  expect(reading.all.at(-1)).toEqual(page({ own: 1, other: 1 }))
  expect(api.afters).toEqual([undefined, { id: 'own', version: 1 }, { id: 'other', version: 1 }])
})

test('events of several resources are found by a later query, if the first lacks some', async () => {
  const api = new FakeViews()
  const { view } = thingView(api, { firstPoll: 300 })
  const reading = read(view.watchView(KIND))
  await until(() => api.viewQueries.length === 2, 2_000)
  api.lagging.set('a', 0)
  let answer = () => {}
  api.beforeAnswer = () => new Promise((resolve) => (answer = resolve))
  api.commit('c')
  await until(() => api.viewQueries.length === 3)
  api.beforeAnswer = async () => {}
  api.commit('a')
  api.commit('b')
  answer()
  await until(() => reading.all.at(-1)?.items.length === 3)
  expect(reading.all.at(-1)).toEqual(page({ c: 1, a: 0, b: 1 }))
  api.lagging.clear()
  await until(() => reading.all.at(-1)?.items[1]?.version === 1)
})

test.each([
  ['the next poll', { firstPoll: 50 }],
  ['a later poll', { pollInterval: 50 }],
])('an event whose message was lost is on the page after %s', async (_, options) => {
  const api = new FakeViews()
  const { view } = thingView(api, options)
  const reading = read(view.watchView(KIND))
  await reading.reach(1)
  api.commit('a', 1, () => LOST)
  expect((await reading.reach(2)).at(-1)).toEqual(page({ a: 1 }))
})

test('events during a lost connection are on the page when it is back', async () => {
  const api = new FakeViews()
  const { view } = thingView(api)
  const reading = read(view.watchView(KIND))
  await reading.reach(1)
  api.breakAll()
  api.commit('a')
  expect((await reading.reach(2)).at(-1)).toEqual(page({ a: 1 }))
  await until(() => api.subscriptions.size === 1)
})

test('a page arrives although no subscription starts', async () => {
  const api = new FakeViews()
  api.commit('a')
  api.beforeStart = () => new Promise(() => {})
  const { view } = thingView(api, { pollInterval: 50 })
  const reading = read(view.watchView(KIND))
  await reading.reach(1)
  api.commit('a')
  expect((await reading.reach(2)).at(-1)).toEqual(page({ a: 2 }))
})

test('a watcher of a row receives it when the first event has arrived', async () => {
  const api = new FakeViews()
  const { total } = totalOf(api)
  const reading = read(total.watchView({}))
  await reading.reach(1)
  api.commit('a')
  expect(await reading.reach(2)).toEqual([null, { events: 1, behind: false }])
})

test('failed queries are retried and reported', async () => {
  const api = new FakeViews()
  const errors: unknown[] = []
  let failures = 2
  api.beforeAnswer = async () => {
    failures -= 1
    if (failures >= 0) throw refusal('ServiceUnavailable')
  }
  const { view } = thingView(api, { onRetry: (error) => errors.push(error) })
  await read(view.watchView(KIND)).reach(1)
  expect(errors).toMatchObject([{ code: 'ServiceUnavailable' }, { code: 'ServiceUnavailable' }])
})

test('a permanent error of the query ends the iteration', async () => {
  const api = new FakeViews()
  const { view } = thingView(api)
  const reading = read(view.watchView(KIND))
  await reading.reach(1)
  api.beforeAnswer = async () => {
    throw refusal('InvalidArgument')
  }
  api.commit('a')
  await expect(reading.over).rejects.toMatchObject({ code: 'InvalidArgument' })
  expect(api.subscriptions.size).toBe(0)
})

test('a permanent error of the subscription ends the iteration', async () => {
  const api = new FakeViews()
  const { view } = thingView(api)
  const reading = read(view.watchView(KIND))
  await reading.reach(1)
  api.breakAll(refusal('Forbidden'))
  await expect(reading.over).rejects.toMatchObject({ code: 'Forbidden' })
})

test('a signal ends the iteration and leaves no subscription, query or timer', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] })
  try {
    const api = new FakeViews()
    const { view } = thingView(api)
    const controller = new AbortController()
    const waiting = read(view.watchView(KIND, { signal: controller.signal }))
    await jest.advanceTimersByTimeAsync(0)
    await new Promise((resolve) => setImmediate(resolve))
    await jest.advanceTimersByTimeAsync(100)
    expect(waiting.all).toHaveLength(1)
    api.beforeAnswer = () => new Promise(() => {})
    const asking = read(view.watchView(KIND, { signal: controller.signal }))
    await jest.advanceTimersByTimeAsync(100)
    expect(api.asking).toBe(1)
    controller.abort()
    await waiting.over
    await asking.over
    expect(api.aborted).toBe(1)
    expect(api.subscriptions.size).toBe(0)
    expect(jest.getTimerCount()).toBe(0)
  } finally {
    jest.useRealTimers()
  }
})

test('watchers of a view and of events of all resources share one subscription', async () => {
  const api = new FakeViews()
  const { things, view } = thingView(api, {}, { sharedFrom: 0 })
  const pages = [1, 2].map(() => read(view.watchView(KIND)))
  const events = read(things.watchEvents({ id: 'a' }))
  for (const reading of pages) await reading.reach(1)
  api.commit('a')
  await events.reach(1)
  for (const reading of pages) await reading.reach(2)
  expect(api.begun).toBe(1)
  for (const reading of pages) await reading.end()
  expect(api.subscriptions.size).toBe(1)
  await events.end()
  expect(api.subscriptions.size).toBe(0)
})
