import { setTimeout as delay } from 'node:timers/promises'
import { isApiError } from '../../lib/client/index.ts'
import { AT_ONCE, FakeApi, LOST, refusal } from './support/fake-api.ts'
import { random } from './support/random.ts'
import { readings, until } from './support/reading.ts'
import { NEVER, numbers, thingFeed } from './support/thing-feed.ts'

const { read, endAll } = readings()
afterEach(endAll)

describe('despite faults, each event arrives once and in order', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('seed %i', async (seed) => {
    const next = random(seed)
    const chance = (probability: number) => next() < probability
    const api = new FakeApi({ tellsStart: seed % 2 === 0 })
    api.fate = () => {
      if (chance(0.2)) return LOST
      const arrivals = [chance(0.5) ? 0 : next() * 40, ...(chance(0.2) ? [next() * 60] : [])]
      return { arrivals, truncated: chance(0.1) }
    }
    api.beforeAnswer = async () => {
      await delay(next() * 20)
      if (chance(0.15)) throw new Error('No answer')
    }
    api.beforeStart = async () => {
      await delay(next() * 20)
      if (chance(0.3)) throw new Error('No subscription')
    }
    const paces = { firstPoll: 60, pollInterval: 100, pageSize: 7, kept: 10 }
    const feed = thingFeed(api, { ...paces, sharedFrom: seed % 3 })
    const ids = ['a', 'b', 'c']
    api.commit('a', 20)
    const early = ids.map((id) => read(feed.watchEvents({ id })))
    const slow = read(feed.watchEvents({ id: 'a' }), () => delay(next() * 5))
    for (let step = 0; step < 60; step += 1) {
      const id = ids[Math.floor(next() * ids.length)] ?? 'a'
      api.commit(id, 1 + Math.floor(next() * 4))
      if (chance(0.05)) api.breakAll()
      await delay(next() * 10)
    }
    const late = read(feed.watchEvents({ id: 'a', after: 13 }))
    api.commit('a', 1, () => LOST)
    const [a, b, c] = ids.map((id) => api.history(id))
    for (const [index, history] of [a, b, c].entries()) {
      expect(await early[index]?.reach(history?.length ?? 0)).toEqual(history)
    }
    expect(await slow.reach(a?.length ?? 0)).toEqual(a)
    expect(await late.reach((a?.length ?? 0) - 13)).toEqual(a?.slice(13))
  })
})

test('a watcher begins after the given number and reads page by page', async () => {
  const api = new FakeApi()
  api.commit('a', 10)
  const reading = read(thingFeed(api, { pageSize: 3 }).watchEvents({ id: 'a', after: 2 }))
  expect(await reading.reach(8)).toEqual(api.history('a').slice(2))
  await until(() => api.requests.length === 4)
  expect(api.requests.map(({ variables }) => variables)).toEqual(
    [2, 5, 8, 10].map((after) => ({ id: 'a', after, limit: 3 })),
  )
})

test('short pages are read without a pause', async () => {
  const api = new FakeApi()
  api.largestPage = 2
  api.commit('a', 9)
  const reading = read(thingFeed(api).watchEvents({ id: 'a' }))
  expect(await reading.reach(9)).toEqual(api.history('a'))
})

test('without faults, events cause no query', async () => {
  const api = new FakeApi()
  const reading = read(thingFeed(api).watchEvents({ id: 'a' }))
  await until(() => api.requests.length === 1)
  for (let count = 0; count < 50; count += 1) {
    api.commit('a')
    await reading.reach(count + 1)
  }
  expect(api.requests).toHaveLength(1)
})

test('a watcher subscribes before it queries, so no event is lost', async () => {
  const api = new FakeApi()
  const order: string[] = []
  api.beforeStart = async () => {
    order.push('subscribed')
  }
  api.beforeAnswer = async () => {
    order.push('asked')
    if (order.length === 2) api.commit('a', 3)
  }
  const reading = read(thingFeed(api).watchEvents({ id: 'a' }))
  expect(numbers(await reading.reach(3))).toEqual([1, 2, 3])
  expect(order.slice(0, 2)).toEqual(['subscribed', 'asked'])
})

test('over a transport without start notifications, a watcher queries at once', async () => {
  const api = new FakeApi({ tellsStart: false })
  api.commit('a', 3)
  expect(await read(thingFeed(api).watchEvents({ id: 'a' })).reach(3)).toEqual(api.history('a'))
})

test('a late message fills a gap without a query', async () => {
  const api = new FakeApi()
  const reading = read(thingFeed(api, { gapWait: 5_000 }).watchEvents({ id: 'a' }))
  await until(() => api.requests.length === 1)
  api.commit('a', 2, ({ number }) => ({ arrivals: [number === 1 ? 30 : 0] }))
  expect(numbers(await reading.reach(2))).toEqual([1, 2])
  expect(api.requests).toHaveLength(1)
})

test('a persistent gap is filled by a query', async () => {
  const api = new FakeApi()
  const reading = read(thingFeed(api).watchEvents({ id: 'a' }))
  await until(() => api.requests.length === 1)
  api.commit('a', 5, ({ number }) => (number === 2 || number === 3 ? LOST : AT_ONCE))
  expect(await reading.reach(5)).toEqual(api.history('a'))
  expect(api.requests.map(({ variables }) => variables)).toMatchObject([{ after: 0 }, { after: 1 }])
})

test('a message for an unknown event causes queries only with pauses', async () => {
  const api = new FakeApi()
  api.commit('a')
  read(thingFeed(api, { longestPause: 500 }).watchEvents({ id: 'a' }))
  await until(() => api.requests.length === 2)
  const ghost = { id: 'a', number: 7, type: 'ThingMade', created: '', amount: 1 }
  api.publish(ghost, AT_ONCE)
  await until(() => api.requests.length >= 5)
  const begun = Date.now()
  const count = api.requests.length
  await until(() => api.requests.length >= count + 2)
  expect(Date.now() - begun).toBeGreaterThan(200)
})

test.each([
  ['shortly after the start', { firstPoll: 100 }],
  ['at regular intervals', { firstPoll: 1, pollInterval: 100 }],
])('a lost last message is found by a query %s', async (_, pace) => {
  const api = new FakeApi()
  const reading = read(thingFeed(api, pace).watchEvents({ id: 'a' }))
  await until(() => api.requests.length === (pace.firstPoll === 1 ? 2 : 1))
  api.commit('a', 1, () => LOST)
  expect(numbers(await reading.reach(1))).toEqual([1])
})

test('an event that was too large for a message is read from the history', async () => {
  const api = new FakeApi()
  const reading = read(thingFeed(api, { gapWait: NEVER }).watchEvents({ id: 'a' }))
  await until(() => api.requests.length === 1)
  api.commit('a', 3, ({ number }) => ({ arrivals: [0], truncated: number === 2 }))
  expect(await reading.reach(3)).toEqual(api.history('a'))
})

test.each([true, false])(
  'a broken subscription is renewed, and missed events are queried (start notifications: %s)',
  async (tellsStart) => {
    const api = new FakeApi({ tellsStart })
    const failures: unknown[] = []
    const onRetry = (error: unknown) => failures.push(error)
    const reading = read(thingFeed(api, { onRetry }).watchEvents({ id: 'a' }))
    api.commit('a')
    await reading.reach(1)
    api.breakAll()
    api.commit('a', 2)
    expect(numbers(await reading.reach(3))).toEqual([1, 2, 3])
    await until(() => api.begun === 2 && api.subscriptions.size === 1)
    api.commit('a')
    expect(numbers(await reading.reach(4))).toEqual([1, 2, 3, 4])
    expect(failures).toHaveLength(1)
  },
)

test('a watcher continues by polling if subscriptions fail', async () => {
  const api = new FakeApi()
  api.beforeStart = async () => {
    throw new Error('WebSockets are blocked here')
  }
  const reading = read(thingFeed(api).watchEvents({ id: 'a' }))
  api.commit('a', 3)
  await reading.reach(3)
  api.commit('a', 3)
  expect(await reading.reach(6)).toEqual(api.history('a'))
})

test('a failed query is retried', async () => {
  const api = new FakeApi()
  api.commit('a', 3)
  let failures = 3
  api.beforeAnswer = async () => {
    failures -= 1
    if (failures >= 0) throw refusal('StoreUnavailable')
  }
  const reading = read(thingFeed(api).watchEvents({ id: 'a' }))
  expect(await reading.reach(3)).toEqual(api.history('a'))
})

test('a query without an answer is aborted and retried', async () => {
  const api = new FakeApi()
  api.commit('a', 3)
  let hangs = 3
  api.beforeAnswer = async () => {
    hangs -= 1
    if (hangs >= 0) await delay(NEVER, undefined, { ref: false })
  }
  const feed = thingFeed(api, { longestQuery: 50, mostQueries: 1 })
  expect(await read(feed.watchEvents({ id: 'a' })).reach(3)).toEqual(api.history('a'))
  expect(api.aborted).toBe(3)
})

test.each([-1, 1.5, Number.NaN])('the value %d is rejected for after', (after) => {
  expect(() => thingFeed(new FakeApi()).watchEvents({ id: 'a', after })).toThrow(RangeError)
})

describe('a permanent error ends the iteration', () => {
  test('of a query', async () => {
    const api = new FakeApi()
    api.beforeAnswer = async () => {
      throw refusal('InvalidId')
    }
    const reading = read(thingFeed(api).watchEvents({ id: 'nonsense' }))
    const error = await reading.over.catch((reason: unknown) => reason)
    expect(isApiError(error, 'InvalidId')).toBe(true)
    expect(api.subscriptions.size).toBe(0)
  })

  test('of a subscription', async () => {
    const api = new FakeApi()
    const reading = read(thingFeed(api).watchEvents({ id: 'a' }))
    await until(() => api.subscriptions.size === 1)
    api.breakAll(refusal('Unauthorized'))
    await expect(reading.over).rejects.toMatchObject({ code: 'Unauthorized' })
    expect(api.begun).toBe(1)
  })

  test('and a new iteration starts again', async () => {
    const api = new FakeApi()
    api.commit('a')
    const events = thingFeed(api, { sharedFrom: 0 }).watchEvents({ id: 'a' })
    const first = read(events)
    await until(() => api.subscriptions.size === 1)
    api.breakAll(refusal('Unauthorized'))
    await expect(first.over).rejects.toMatchObject({ code: 'Unauthorized' })
    expect(numbers(await read(events).reach(1))).toEqual([1])
  })
})

describe('no subscription, query or timer remains', () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

  test.each([
    ['the iteration ends while it waits for an event', async () => {}],
    ['the iteration ends while a query runs', () => delay(NEVER, undefined, { ref: false })],
    ['the iteration ends while a query waits for its retry', () => Promise.reject(new Error('No'))],
  ])('when %s', async (_, beforeAnswer) => {
    const before = timers()
    const api = new FakeApi()
    api.beforeAnswer = beforeAnswer
    const reading = read(thingFeed(api, { longestPause: NEVER }).watchEvents({ id: 'a' }))
    await until(() => api.requests.length === 1)
    await reading.end()
    expect(api.subscriptions.size).toBe(0)
    // Jest has its own timers for a moment.
    await until(() => timers() <= before)
    expect(api.aborted).toBe(api.asking)
    expect(reading.all).toEqual([])
  })

  test('when the signal is aborted', async () => {
    const api = new FakeApi()
    const controller = new AbortController()
    const reading = read(thingFeed(api).watchEvents({ id: 'a', signal: controller.signal }))
    await until(() => api.requests.length === 1)
    controller.abort()
    await reading.over
    expect(api.subscriptions.size).toBe(0)
  })

  test('when a loop breaks', async () => {
    const api = new FakeApi()
    api.commit('a', 3)
    for await (const { number } of thingFeed(api).watchEvents({ id: 'a' })) if (number === 2) break
    expect(api.subscriptions.size).toBe(0)
  })

  test('and no request starts before the first event is wanted', () => {
    const api = new FakeApi()
    thingFeed(api).watchEvents({ id: 'a' })[Symbol.asyncIterator]()
    expect([api.begun, api.requests.length]).toEqual([0, 0])
  })
})
