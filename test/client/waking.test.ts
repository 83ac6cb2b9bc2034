import { onWake } from '../../lib/client/following/wakes.ts'
import { FakeApi, LOST } from './support/fake-api.ts'
import { FakeViews, thingView } from './support/fake-views.ts'
import { Page } from './support/page.ts'
import { readings, until } from './support/reading.ts'
import { NEVER, numbers, thingFeed } from './support/thing-feed.ts'

const { read, endAll } = readings()
const page = new Page()
beforeEach(() => page.open())
afterEach(async () => {
  await endAll()
  page.close()
})

test.each([
  ['the network is back', () => page.window.dispatchEvent(new Event('online'))],
  ['the page is shown again', () => page.document.dispatchEvent(new Event('visibilitychange'))],
])('when %s, missed events are queried at once', async (_, happen) => {
  const api = new FakeApi()
  const reading = read(thingFeed(api).watchEvents({ id: 'a' }))
  await until(() => api.requests.length === 1)
  api.commit('a', 1, () => LOST)
  happen()
  expect(numbers(await reading.reach(1))).toEqual([1])
})

test('when the network is back, a live list is queried at once', async () => {
  const api = new FakeViews()
  const reading = read(thingView(api).view.watchView({ kind: 'toy' }))
  await reading.reach(1)
  api.commit('a', 1, () => LOST)
  page.window.dispatchEvent(new Event('online'))
  await reading.reach(2)
})

test('when the network is back, the pending retry runs at once', async () => {
  const api = new FakeApi()
  api.beforeAnswer = async () => {
    throw new Error('Offline')
  }
  const reading = read(thingFeed(api, { longestPause: NEVER }).watchEvents({ id: 'a' }))
  // The next pause lasts about two seconds.
  await until(() => api.requests.length === 3)
  api.commit('a', 1, () => LOST)
  api.beforeAnswer = async () => {}
  page.window.dispatchEvent(new Event('online'))
  await reading.reach(1, 500)
})

test('a late timer reveals a sleep', async () => {
  let wakes = 0
  const end = onWake(() => {
    wakes += 1
  }, 50)
  const until200 = Date.now() + 200
  while (Date.now() < until200) {
    // No code runs while a machine sleeps.
  }
  await until(() => wakes === 1)
  end()
})

test('the listeners are removed when the last watcher ends', async () => {
  const api = new FakeApi()
  const reading = read(thingFeed(api).watchEvents({ id: 'a' }))
  await until(() => api.requests.length === 1)
  await reading.end()
  page.window.dispatchEvent(new Event('online'))
  expect(api.requests).toHaveLength(1)
})
