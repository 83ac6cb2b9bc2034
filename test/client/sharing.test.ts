import { setTimeout as delay } from 'node:timers/promises'
import { AT_ONCE, FakeApi, LOST } from './support/fake-api.ts'
import { readings, until } from './support/reading.ts'
import { numbers, thingFeed } from './support/thing-feed.ts'

const { read, endAll } = readings()
afterEach(endAll)

const names = (count: number) => Array.from({ length: count }, (_, index) => `thing-${index}`)

test('all watchers of one resource share a subscription and its polls', async () => {
  const api = new FakeApi()
  api.commit('a', 3)
  const feed = thingFeed(api, { firstPoll: 100, pollInterval: 100 })
  const all = Array.from({ length: 50 }, () => read(feed.watchEvents({ id: 'a' })))
  for (const reading of all) await reading.reach(3)
  await until(() => api.requests.length >= 2)
  expect(api.begun).toBe(1)
  api.commit('a', 1, () => LOST)
  for (const reading of all) expect(numbers(await reading.reach(4))).toEqual([1, 2, 3, 4])
  // A query that finds the event, a query that finds no more, and possibly an earlier poll.
  expect(api.requests.length).toBeLessThanOrEqual(5)
})

test('a later watcher can begin at any event', async () => {
  const api = new FakeApi()
  api.commit('a', 5)
  const feed = thingFeed(api)
  const ahead = read(feed.watchEvents({ id: 'a', after: 100 }))
  await until(() => api.requests.length >= 1)
  const from4 = read(feed.watchEvents({ id: 'a', after: 3 }))
  expect(numbers(await from4.reach(2))).toEqual([4, 5])
  const from1 = read(feed.watchEvents({ id: 'a' }))
  expect(numbers(await from1.reach(5))).toEqual([1, 2, 3, 4, 5])
  expect(ahead.all).toEqual([])
})

test('a watcher that ends does not affect the others', async () => {
  const api = new FakeApi()
  const feed = thingFeed(api)
  const [leaving, staying] = [1, 2].map(() => read(feed.watchEvents({ id: 'a' })))
  api.commit('a')
  await staying?.reach(1)
  await leaving?.end()
  api.commit('a', 2)
  expect(numbers((await staying?.reach(3)) ?? [])).toEqual([1, 2, 3])
  await staying?.end()
  expect(api.subscriptions.size).toBe(0)
})

test('a slow reader receives every event and does not delay the others', async () => {
  const api = new FakeApi()
  const feed = thingFeed(api, { kept: 10, pageSize: 20 })
  let go = () => {}
  const gate = new Promise<void>((resolve) => {
    go = resolve
  })
  const slow = read(feed.watchEvents({ id: 'a' }), () => gate)
  const fast = read(feed.watchEvents({ id: 'a' }))
  await until(() => api.requests.length >= 1)
  for (let count = 1; count <= 20; count += 1) {
    api.commit('a', 5)
    await fast.reach(count * 5)
  }
  expect(api.requests).toHaveLength(1)
  go()
  expect(await slow.reach(100)).toEqual(api.history('a'))
  expect(fast.all).toEqual(api.history('a'))
  // The events for the slow reader are not kept. The next reader has to query them page by page.
  const asked = api.requests.length
  await read(feed.watchEvents({ id: 'a' })).reach(100)
  expect(api.requests.length - asked).toBeGreaterThanOrEqual(5)
})

test('an invalid message during a query causes another query', async () => {
  const api = new FakeApi()
  const feed = thingFeed(api)
  let arrive = () => {}
  const arrival = new Promise<void>((resolve) => {
    arrive = resolve
  })
  api.afterAnswer = () => arrival
  const first = read(feed.watchEvents({ id: 'a' }))
  await until(() => api.requests.length >= 1)
  await new Promise((resolve) => setImmediate(resolve))
  api.commit('a', 1, () => LOST)
  for (const { observer } of api.subscriptions) observer.next(null)
  const second = read(feed.watchEvents({ id: 'a' }))
  const leaving = first.end()
  arrive()
  await leaving
  expect(numbers(await second.reach(1))).toEqual([1])
})

test('beyond sharedFrom resources, one shared subscription serves the rest', async () => {
  const api = new FakeApi()
  const feed = thingFeed(api, { sharedFrom: 3, gapWait: 10_000 })
  const ids = names(10)
  const all = ids.map((id) => read(feed.watchEvents({ id })))
  await until(() => api.requests.length >= 10)
  expect([...api.subscriptions].map(({ id }) => id)).toEqual([...ids.slice(0, 3), undefined])
  for (const id of ids) api.commit(id, 2)
  for (const reading of all) expect(numbers(await reading.reach(2))).toEqual([1, 2])
  expect(api.requests).toHaveLength(10)
  await all[5]?.end()
  expect(api.subscriptions.size).toBe(4)
  for (const reading of all.slice(3)) await reading.end()
  expect(api.subscriptions.size).toBe(3)
})

test('a broken shared subscription causes a query for each resource', async () => {
  const api = new FakeApi()
  const feed = thingFeed(api, { sharedFrom: 0 })
  const ids = names(5)
  const all = ids.map((id) => read(feed.watchEvents({ id })))
  await until(() => api.requests.length >= 5)
  api.breakAll()
  for (const id of ids) api.commit(id)
  for (const reading of all) expect(numbers(await reading.reach(1))).toEqual([1])
  await until(() => api.subscriptions.size === 1)
})

test('an invalid message makes all watchers query', async () => {
  const api = new FakeApi()
  const all = names(2).map((id) => read(thingFeed(api, { sharedFrom: 0 }).watchEvents({ id })))
  await until(() => api.requests.length >= 2)
  for (const id of names(2)) api.commit(id, 1, () => LOST)
  for (const { observer } of api.subscriptions) observer.next(null)
  for (const reading of all) expect(numbers(await reading.reach(1))).toEqual([1])
})

test('one subscription and a few concurrent queries serve a thousand watchers', async () => {
  const api = new FakeApi()
  api.beforeAnswer = () => delay(2)
  const feed = thingFeed(api, { sharedFrom: 0, pollInterval: 2_000, firstPoll: 500 })
  const ids = names(1_000)
  const all = ids.map((id) => read(feed.watchEvents({ id })))
  await until(() => api.requests.length >= 1_000)
  for (const [index, id] of ids.entries()) api.commit(id, 3, () => (index % 2 ? LOST : AT_ONCE))
  for (const reading of all) expect(numbers(await reading.reach(3))).toEqual([1, 2, 3])
  expect(api.begun).toBe(1)
  expect(api.mostAsking).toBeLessThanOrEqual(10)
})

test('one signal ends a thousand watchers', async () => {
  const api = new FakeApi()
  api.commit('a')
  const controller = new AbortController()
  const { signal } = controller
  const feed = thingFeed(api)
  const all = names(1_000).map(() => read(feed.watchEvents({ id: 'a', signal })))
  for (const reading of all) await reading.reach(1)
  controller.abort()
  for (const reading of all) await reading.over
  expect(api.subscriptions.size).toBe(0)
})

test('polls are spread over time', async () => {
  jest.useFakeTimers()
  try {
    const api = new FakeApi()
    const times: number[] = []
    const feed = thingFeed(api, { firstPoll: 500, pollInterval: 600_000, mostQueries: 1_000 })
    for (const id of names(50)) read(feed.watchEvents({ id }))
    await jest.advanceTimersByTimeAsync(0)
    expect(api.requests).toHaveLength(50)
    api.beforeAnswer = async () => {
      times.push(Date.now())
    }
    await jest.advanceTimersByTimeAsync(1_000)
    expect(times).toHaveLength(50)
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(100)
  } finally {
    jest.useRealTimers()
  }
})
