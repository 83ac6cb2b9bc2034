import { setTimeout as delay } from 'node:timers/promises'
import { bind, dynamoDBEventStore, type EventStore } from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { DENIED, THROTTLED, withDynamoDBProxy } from '../support/dynamodb-proxy.ts'
import { numbersTo, seatsAddedEvent, storeEvents } from '../support/store-events.ts'

const dynamodb = withDynamoDB()
const proxy = withDynamoDBProxy(dynamodb)
const KB_100 = 100_000
/** The bytes that one capacity unit reads with strong consistency. */
const BYTES_A_UNIT = 4096
/** The store that reads through the proxy. */
let store: EventStore
let elsewhere: EventStore

beforeEach(async () => {
  const tableName = await dynamodb.newTable()
  store = dynamoDBEventStore({ tableName, client: proxy.client() })
  elsewhere = dynamoDBEventStore({ tableName, client: dynamodb.client })
  bind(Concert, store)
})

const append = (first: number, last: number, bytes = KB_100) =>
  storeEvents(
    elsewhere,
    numbersTo(last, first).map((number) => seatsAddedEvent('long', number, bytes)),
  )

const numbers = async () => (await new Concert('long').events()).map(({ number }) => number)

describe('a history of 6 MB', () => {
  beforeEach(() => append(1, 60))

  test('is read completely and in order, in about one request per MB, four at once', async () => {
    proxy.fault = () => ({ until: delay(20) })
    expect(await numbers()).toEqual(numbersTo(60))
    // 6 pages of 10 events, 1 more for smaller ranges, 1 for the length, 1 for newer events.
    expect(proxy.count('Query')).toBeLessThanOrEqual(6 + 1 + 2)
    expect(Math.max(...proxy.requests.map(({ atOnce }) => atOnce))).toBe(4)
    expect(proxy.capacity * BYTES_A_UNIT).toBeLessThan(62 * KB_100 * 1.05)
    expect(await Concert.findOne('long')).toMatchObject({ version: 60, quantity: 60 })
  })

  test('is read with fewer parallel requests when its partition throttles', async () => {
    await append(61, 240)
    // The partition serves two requests at once.
    proxy.fault = ({ atOnce }) => (atOnce > 2 ? THROTTLED : { until: delay(20) })
    expect(await numbers()).toEqual(numbersTo(240))
    const refused = proxy.requests.filter(({ atOnce }) => atOnce > 2)
    expect(refused.length).toBeLessThan(proxy.requests.length / 2)
  })

  test('is read to the end when every other request is throttled', async () => {
    proxy.fault = ({ count }) => (count % 2 === 1 ? THROTTLED : undefined)
    expect(await numbers()).toEqual(numbersTo(60))
  })

  test('is read only up to the limit', async () => {
    const concert = new Concert('long')
    expect(await concert.events({ after: 20, limit: 3 })).toHaveLength(3)
    expect(proxy.count('Query')).toBe(1)
    expect(proxy.capacity * BYTES_A_UNIT).toBeLessThan(3 * KB_100 * 1.05)
    const before = proxy.capacity
    const events = await concert.events({ after: 5, limit: 35 })
    expect(events.map(({ number }) => number)).toEqual(numbersTo(40, 6))
    // One more event: the newest, whose number is the length.
    expect((proxy.capacity - before) * BYTES_A_UNIT).toBeLessThan(36 * KB_100 * 1.05)
  })

  test('is read completely when the limit exceeds its length', async () => {
    const concert = new Concert('long')
    expect(await concert.events({ limit: Number.MAX_SAFE_INTEGER })).toHaveLength(60)
    expect(await concert.events({ after: 58, limit: 2 ** 40 })).toHaveLength(2)
  })

  test('yields each event once while events are appended', async () => {
    const read: number[] = []
    let last = 60
    for await (const page of store.history('long')) {
      read.push(...page.map(({ number }) => number))
      await append(last + 1, last + 3)
      last += 3
      if (read.length >= 50) break
    }
    expect(read).toEqual(numbersTo(read.length))
    read.length = 0
    for await (const page of store.history('long')) {
      if (read.length === 0) await append(last + 1, last + 15)
      read.push(...page.map(({ number }) => number))
    }
    expect(read).toEqual(numbersTo(last + 15))
  })

  test('yields at most the limit while events are appended', async () => {
    const read: number[] = []
    for await (const page of store.history('long', { limit: 62 })) {
      if (proxy.count('Query') > 2 && read.length < 30) await append(61, 70)
      read.push(...page.map(({ number }) => number))
    }
    expect(read).toEqual(numbersTo(read.length))
    expect(read.length).toBeLessThanOrEqual(62)
  })
})

test('a history that grows before its length is known yields each event once', async () => {
  const events = (id: string, last: number, first?: number) =>
    numbersTo(last, first).map((number) => seatsAddedEvent(id, number, KB_100))
  for (const held of [2, 3]) {
    const id = `held-${held}`
    await storeEvents(elsewhere, events(id, 15))
    const before = proxy.count('Query')
    const grown = () => delay(200).then(() => storeEvents(elsewhere, events(id, 40, 16)))
    proxy.fault = ({ count }) => (count === before + held ? { until: grown() } : undefined)
    const read: number[] = []
    for await (const page of store.history(id)) read.push(...page.map(({ number }) => number))
    expect(read).toEqual(numbersTo(read.length))
  }
})

describe('reading a history ahead', () => {
  /** Takes each page only when no request is under way. Counts the pages that are read ahead. */
  async function readSlowly(upToPage = Number.POSITIVE_INFINITY) {
    const ahead: number[] = []
    let pages = 0
    for await (const _ of store.history('long')) {
      pages += 1
      await proxy.idle()
      ahead.push(proxy.count('Query') - pages)
      if (pages === upToPage) break
    }
    return { pages, most: Math.max(...ahead) }
  }

  test('is limited to five pages for a slow reader', async () => {
    await append(1, 80)
    const { pages, most } = await readSlowly()
    expect(pages).toBeGreaterThanOrEqual(8)
    expect(most).toBeLessThanOrEqual(5)
  })

  test('is limited to five pages when later events are much larger than the first', async () => {
    await append(1, 420, 5000)
    await append(421, 460, 300_000)
    const { pages, most } = await readSlowly()
    expect(pages).toBeGreaterThanOrEqual(12)
    expect(most).toBeLessThanOrEqual(5)
    expect(await numbers()).toEqual(numbersTo(460))
  })

  test('takes few requests when later events are much smaller than the first', async () => {
    await append(1, 8, 300_000)
    await append(9, 3000, 500)
    expect(await numbers()).toEqual(numbersTo(3000))
    expect(proxy.count('Query')).toBeLessThan(20)
  })

  test.each([
    [1, 1],
    [2, 3],
    [3, 3 + 4],
  ])(
    'by page %d has made at most %d requests, and stops when the reader stops',
    async (page, most) => {
      await append(1, 420, 5000)
      await append(421, 460, 300_000)
      await readSlowly(page)
      const made = proxy.count('Query')
      expect(made).toBeLessThanOrEqual(most)
      await delay(50)
      expect(proxy.count('Query')).toBe(made)
    },
  )

  // An unhandled rejection fails the test.
  test('ignores a failure after the reader has stopped', async () => {
    await append(1, 60)
    proxy.fault = ({ count }) => (count > 4 ? DENIED : undefined)
    let pages = 0
    for await (const _ of store.history('long')) {
      pages += 1
      if (pages === 3) break
    }
    await proxy.idle()
    expect(pages).toBe(3)
    expect(proxy.count('Query')).toBeGreaterThan(4)
  })

  test('does not retry throttled requests after the reader has stopped', async () => {
    await append(1, 60)
    proxy.fault = ({ count }) => (count > 4 ? THROTTLED : undefined)
    let pages = 0
    for await (const _ of store.history('long')) {
      pages += 1
      if (pages === 3) break
    }
    // The requests under way complete.
    await delay(100)
    await proxy.idle()
    const made = proxy.count('Query')
    await delay(500)
    expect(proxy.count('Query')).toBe(made)
  })

  test('reports a failure to the reader after the pages before it', async () => {
    await append(1, 60)
    proxy.fault = ({ count }) => (count > 5 ? DENIED : undefined)
    const read: number[] = []
    const reading = (async () => {
      for await (const page of store.history('long')) {
        for (const { number } of page) read.push(number)
      }
    })()
    await expect(reading).rejects.toMatchObject({ code: 'StoreUnavailable' })
    expect(read.length).toBeGreaterThanOrEqual(20)
    expect(read).toEqual(numbersTo(read.length))
  })
})
