import { setTimeout as delay } from 'node:timers/promises'
import type { ApiResource } from '../../lib/client/index.ts'
import { FakeApi, LOST, refusal, type ThingEvent } from './support/fake-api.ts'
import { readings, until } from './support/reading.ts'
import { thingFeed } from './support/thing-feed.ts'

interface Thing extends ApiResource {
  readonly amount: number
}

const { read, endAll } = readings()
afterEach(endAll)

const of = { id: 'a', fields: ['amount'] as const }
const reduce = (thing: Thing, { amount }: ThingEvent) => ({
  ...thing,
  amount: thing.amount + amount,
})
/** Returns the state of a thing at a version: each event adds its number. */
const at = (version: number): Thing => ({
  id: 'a',
  version,
  amount: (version * (version + 1)) / 2,
})

test('the state arrives at once and after each event', async () => {
  const api = new FakeApi()
  api.commit('a', 3)
  const reading = read(thingFeed(api).watch<Thing>({ ...of, reduce }))
  expect(await reading.reach(1)).toEqual([at(3)])
  api.commit('a', 2)
  expect(await reading.reach(3)).toEqual([at(3), at(4), at(5)])
})

test('with a reducer, all watchers together query the state once', async () => {
  const api = new FakeApi()
  api.commit('a', 3)
  const feed = thingFeed(api)
  const all = Array.from({ length: 20 }, () => read(feed.watch<Thing>({ ...of, reduce })))
  for (const reading of all) await reading.reach(1)
  await until(() => api.requests.length === 2)
  api.commit('a', 50)
  for (const reading of all) expect((await reading.reach(51)).at(-1)).toEqual(at(53))
  expect(api.queriesFor('thing')).toHaveLength(1)
  expect(api.queriesFor('thingEvents')).toHaveLength(1)
})

test('without a reducer, a burst of events causes one query for all watchers', async () => {
  const api = new FakeApi()
  api.commit('a')
  const feed = thingFeed(api)
  const all = Array.from({ length: 20 }, () => read(feed.watch<Thing>(of)))
  for (const reading of all) await reading.reach(1)
  await until(() => api.requests.length === 2)
  api.commit('a', 30)
  for (const reading of all) expect(await reading.reach(2)).toEqual([at(1), at(31)])
  expect(api.queriesFor('thing')).toHaveLength(2)
})

test('events during a query are in its answer or cause another query', async () => {
  const api = new FakeApi()
  api.commit('a')
  let most = 0
  let asking = 0
  api.beforeAnswer = async ({ query }) => {
    if (!query.includes(' thing(')) return
    asking += 1
    most = Math.max(most, asking)
    await delay(20)
    asking -= 1
  }
  const reading = read(thingFeed(api).watch<Thing>(of))
  await reading.reach(1)
  for (let count = 0; count < 30; count += 1) {
    api.commit('a')
    await delay(3)
  }
  await until(() => reading.all.at(-1)?.version === 31)
  expect(most).toBe(1)
  expect(reading.all).toEqual(reading.all.map(({ version }) => at(version)))
  expect(api.queriesFor('thing').length).toBeLessThan(15)
})

test('the state is queried if the reducer returns undefined', async () => {
  const api = new FakeApi()
  api.commit('a')
  const unsure = (thing: Thing, event: ThingEvent) =>
    event.number === 3 ? undefined : reduce(thing, event)
  const reading = read(thingFeed(api).watch<Thing>({ ...of, reduce: unsure }))
  await reading.reach(1)
  for (const count of [2, 3, 4]) {
    api.commit('a')
    await reading.reach(count)
  }
  expect(reading.all).toEqual([1, 2, 3, 4].map(at))
  expect(api.queriesFor('thing')).toHaveLength(2)
})

test('a watcher of an unknown resource waits for the first event', async () => {
  const api = new FakeApi()
  const reading = read(thingFeed(api).watch<Thing>({ ...of, reduce }))
  await until(() => api.requests.length === 2)
  expect(reading.all).toEqual([])
  api.commit('a', 1)
  expect(await reading.reach(1)).toEqual([at(1)])
})

test('an event whose message was lost is in the state after the next poll', async () => {
  const api = new FakeApi()
  api.commit('a')
  const reading = read(thingFeed(api, { firstPoll: 100 }).watch<Thing>({ ...of, reduce }))
  await until(() => api.requests.length === 2)
  api.commit('a', 1, () => LOST)
  expect(await reading.reach(2)).toEqual([at(1), at(2)])
})

test('an answer that is older than an event is ignored', async () => {
  class Stale extends FakeApi {
    staleAnswers = 0
    override async query<T>(...request: Parameters<FakeApi['query']>): Promise<T> {
      const answer = await super.query<T>(...request)
      if (!request[0].query.includes(' thing(') || this.staleAnswers === 0) return answer
      this.staleAnswers -= 1
      const old: T = JSON.parse(JSON.stringify({ thing: at(1) }))
      return old
    }
  }
  const api = new Stale()
  api.commit('a')
  const reading = read(thingFeed(api).watch<Thing>(of))
  await reading.reach(1)
  api.staleAnswers = 3
  api.commit('a')
  expect(await reading.reach(2)).toEqual([at(1), at(2)])
})

test('a permanent error ends the iteration, and so does an error of the reducer', async () => {
  const api = new FakeApi()
  api.commit('a')
  const failing = () => {
    throw new Error('The reducer failed')
  }
  const reading = read(thingFeed(api).watch<Thing>({ ...of, reduce: failing }))
  await reading.reach(1)
  api.commit('a')
  await expect(reading.over).rejects.toThrow('The reducer failed')
  api.beforeAnswer = async () => {
    throw refusal('Unauthorized')
  }
  const refused = read(thingFeed(api).watch<Thing>(of))
  await expect(refused.over).rejects.toMatchObject({ code: 'Unauthorized' })
  expect(api.subscriptions.size).toBe(0)
})
