import { setTimeout as delay } from 'node:timers/promises'
import { PutItemCommand, type PutItemCommandInput } from '@aws-sdk/client-dynamodb'
import {
  bind,
  CorruptHistory,
  dynamoDBEventStore,
  type EventStore,
  InvalidArgument,
  StoreUnavailable,
  within,
} from '../../lib/event-sourcing/index.ts'
import { headsOf } from '../../lib/event-sourcing/reactions/heads.ts'
import { itemOf } from '../../lib/event-sourcing/store/dynamodb/items.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { DENIED, THROTTLED, withDynamoDBProxy } from '../support/dynamodb-proxy.ts'
import { refusal } from '../support/refusal.ts'
import { runScript } from '../support/scripts.ts'
import { numbersTo, seatsAddedEvent, storeEvents } from '../support/store-events.ts'

const dynamodb = withDynamoDB()
const proxy = withDynamoDBProxy(dynamodb)
let store: EventStore
let elsewhere: EventStore

beforeEach(async () => {
  const tableName = await dynamodb.newTable()
  elsewhere = dynamoDBEventStore({ tableName, client: dynamodb.client })
  store = dynamoDBEventStore({ tableName, client: proxy.client() })
  bind(Concert, store)
})

/** Stores `count` concerts, each with `events` events of `bytes` bytes. Returns their ids. */
async function stock(count: number, events: number, bytes = 0): Promise<string[]> {
  const ids = Array.from({ length: count }, () => new Concert().id)
  await storeEvents(
    elsewhere,
    ids.flatMap((id) => numbersTo(events).map((number) => seatsAddedEvent(id, number, bytes))),
  )
  return ids
}

/** Returns the items of every page. */
async function pages(limit: number, between: () => Promise<unknown> = async () => {}) {
  const all: (readonly Concert[])[] = []
  let nextToken: string | undefined
  do {
    const page = await Concert.findAll({ limit, nextToken })
    all.push(page.items)
    nextToken = page.nextToken
    await between()
  } while (nextToken)
  return all
}

async function everything(): Promise<Concert[]> {
  const concerts: Concert[] = []
  for await (const concert of Concert.all()) concerts.push(concert)
  return concerts
}

/** Expects each id once, with all of its events. */
function expectWhole(concerts: readonly Concert[], ids: readonly string[], events: number): void {
  expect(concerts.map(({ id }) => id).sort()).toEqual([...ids].sort())
  const others = concerts.filter(
    ({ version, quantity }) => version !== events || quantity !== events,
  )
  expect(others).toEqual([])
}

describe('pages of resources', () => {
  test('of five read only a little more in total than one scan of the table', async () => {
    const ids = await stock(200, 5, 1500)
    for await (const _ of store.scan());
    const whole = proxy.capacity
    const all = await pages(5)
    expectWhole(all.flat(), ids, 5)
    expect(all.slice(0, -1).every(({ length }) => length === 5)).toBe(true)
    expect((proxy.capacity - whole) / whole).toBeLessThan(1.6)
  })

  test.each([1, 3, 4, 100])(
    'of %d list each resource completely, even if its events span two requests',
    async (limit) => {
      const ids = await stock(7, 6, 100_000)
      const all = await pages(limit)
      expectWhole(all.flat(), ids, 6)
      expect(all.slice(0, -1).every(({ length }) => length === limit)).toBe(true)
    },
  )

  test('list a resource completely when it is larger than a request', async () => {
    const ids = await stock(3, 12, 100_000)
    expectWhole((await pages(1)).flat(), ids, 12)
  })

  test('list each resource once while other processes write', async () => {
    const ids = await stock(12, 2)
    const appended: Promise<unknown>[] = []
    let number = 3
    const all = await pages(3, async () => {
      await storeEvents(
        elsewhere,
        ids.map((id) => seatsAddedEvent(id, number)),
      )
      number += 1
      appended.push(stock(1, 1))
    })
    await Promise.all(appended)
    const found = all.flat()
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length)
    expect(found.map(({ id }) => id)).toEqual(expect.arrayContaining(ids))
    const versions = all.map((items) => items.filter(({ id }) => ids.includes(id)))
    for (const [page, items] of versions.entries()) {
      expect(new Set(items.map(({ version }) => version)).size).toBeLessThanOrEqual(1)
      expect(items[0]?.version ?? page + 2).toBe(page + 2)
    }
  })

  test('end in time with fewer items, and the next pages continue', async () => {
    const ids = await stock(40, 30)
    proxy.fault = ({ count }) => (count === 1 ? { until: delay(1000) } : undefined)
    const first = await within(1900, () => Concert.findAll({ limit: 20 }))
    expect(proxy.count('Scan')).toBe(1)
    expect(first.items.length).toBeGreaterThan(0)
    expect(first.items.length).toBeLessThan(20)
    const found = [...first.items]
    let { nextToken } = first
    while (nextToken) {
      const page = await Concert.findAll({ limit: 20, nextToken })
      found.push(...page.items)
      nextToken = page.nextToken
    }
    expectWhole(found, ids, 30)
  })

  test('end in time with fewer items when the next request is throttled', async () => {
    const ids = await stock(12, 6, 100_000)
    proxy.fault = ({ count }) => (count > 2 ? THROTTLED : undefined)
    const begun = performance.now()
    const { items, nextToken } = await within(3000, () => Concert.findAll({ limit: 10 }))
    expect(performance.now() - begun).toBeLessThan(2800)
    proxy.fault = () => undefined
    const rest = await Concert.findAll({ limit: 100, nextToken })
    expectWhole([...items, ...rest.items], ids, 6)
  })

  test('a forged token is rejected before any read', async () => {
    await stock(2, 1)
    const { nextToken = '' } = await Concert.findAll({ limit: 1 })
    const content = JSON.parse(Buffer.from(nextToken, 'base64url').toString())
    const forged = [
      { after: '' },
      { after: 1 },
      { after: 'x'.repeat(3000) },
      { events: 0 },
      { events: '9' },
      { events: null },
      { v: 1 },
      { store: 'another' },
    ].map((change) => JSON.stringify({ ...content, ...change }))
    const before = proxy.requests.length
    for (const text of [...forged, 'null', '[]', '"', '']) {
      const token = Buffer.from(text).toString('base64url')
      const error = await refusal(Concert.findAll({ nextToken: token }), InvalidArgument)
      expect(error.data).toEqual({ argument: 'nextToken', value: token })
    }
    expect(proxy.requests).toHaveLength(before)
  })

  test('a token with a huge event count reads no more than one request holds', async () => {
    const ids = await stock(2, 1)
    const { nextToken = '' } = await Concert.findAll({ limit: 1 })
    const content = JSON.parse(Buffer.from(nextToken, 'base64url').toString())
    const token = JSON.stringify({ ...content, events: 1e300 })
    const page = await Concert.findAll({ nextToken: Buffer.from(token).toString('base64url') })
    expect(page.items).toHaveLength(1)
    expect(ids).toContain(page.items[0]?.id)
  })
})

describe('items that are not events', () => {
  const put = (Item: PutItemCommandInput['Item']) =>
    dynamodb.client.send(new PutItemCommand({ TableName: store.name, Item }))
  const notAnEvent = (id: string, number: number) =>
    put({ id: { S: id }, number: { N: `${number}` } })
  /** A number that JavaScript cannot represent exactly. */
  const unreadable = (id: string, number: number) =>
    put({ ...itemOf(seatsAddedEvent(id, number)), amount: { N: '9007199254740993' } })

  test.each([1, 4, 100])(
    'make only their resources fail, in pages of %d with long and short responses',
    async (limit) => {
      const ids = await stock(60, 4, 400)
      const [first = '', , third = '', ...others] = ids
      await notAnEvent(first, 5)
      await notAnEvent(third, 0)
      await unreadable(others[7] ?? '', 5)
      await notAnEvent('alone', 1)
      await notAnEvent('alone', 2 ** 53)
      const broken = ['alone', first, third, others[7] ?? ''].sort()
      const items: Concert[] = []
      const failures: string[] = []
      let nextToken: string | undefined
      do {
        const page = await Concert.findAll({ limit, nextToken, onError: 'skip' })
        items.push(...page.items)
        for (const { id, error } of page.failures ?? []) {
          failures.push(id)
          expect(error).toBeInstanceOf(CorruptHistory)
        }
        nextToken = page.nextToken
      } while (nextToken)
      expect(failures.sort()).toEqual(broken)
      expectWhole(
        items,
        ids.filter((id) => !broken.includes(id)),
        4,
      )
    },
  )

  test('fail the read of their resource with CorruptHistory', async () => {
    await notAnEvent('a', 1)
    await unreadable('b', 1)
    for (const id of ['a', 'b']) {
      const { data } = await refusal(Concert.findOne(id), CorruptHistory)
      expect(data).toMatchObject({ id, number: 1 })
    }
    await refusal(Concert.findAll(), CorruptHistory)
    await refusal(everything(), CorruptHistory)
  })

  test('end no pass of the reconciler over the store', async () => {
    const ids = await stock(3, 2)
    await notAnEvent('alone', 2 ** 53)
    const found: string[] = []
    for await (const { heads } of headsOf(store)) found.push(...heads.map(({ id }) => id))
    expect(new Set(found)).toEqual(new Set([...ids, 'alone']))
  })

  test('are never the reason if the store fails', async () => {
    await notAnEvent('a', 1)
    proxy.fault = () => DENIED
    await refusal(Concert.findAll({ onError: 'skip' }), StoreUnavailable)
  })
})

describe('all resources', () => {
  test('are read exactly once, in parallel parts, across request boundaries', async () => {
    const ids = await stock(12, 6, 100_000)
    proxy.fault = () => ({ until: delay(20) })
    expectWhole(await everything(), ids, 6)
    expect(Math.max(...proxy.requests.map(({ atOnce }) => atOnce))).toBe(4)
    expect(proxy.count('Query')).toBe(0)
    expect(proxy.capacity * 4096).toBeLessThan(12 * 6 * 100_000 * 1.05)
  })

  test('come in pages of a limited number of events: the emulator reads a table without a limit at once', async () => {
    await stock(1, 5001)
    const sizes: number[] = []
    for await (const page of store.scan()) sizes.push(page.length)
    expect(sizes).toEqual([5000, 1])
  })

  test('of an empty table are an empty list', async () => {
    expect(await everything()).toEqual([])
  })

  test('are no longer read after the reader stops', async () => {
    await stock(60, 2, 200_000)
    for await (const _ of Concert.all()) break
    const made = proxy.count('Scan')
    expect(made).toBeLessThanOrEqual(4 + 4)
    await proxy.idle()
    await delay(50)
    expect(proxy.count('Scan')).toBe(made)
  })

  test('a failure while the reader is busy reaches the reader at its next read', async () => {
    await stock(30, 2, 200_000)
    proxy.fault = ({ count }) => (count > 4 ? DENIED : undefined)
    const output = await runScript('busy-reader', proxy.endpoint, store.name, '50')
    expect(output).toBe('StoreUnavailable')
  })

  test.each([1, 3, 6])('a permanent failure of request %d reaches the reader', async (nth) => {
    await stock(30, 2, 200_000)
    proxy.fault = ({ count }) => (count === nth ? DENIED : undefined)
    await refusal(everything(), StoreUnavailable)
    await proxy.idle()
    const made = proxy.count('Scan')
    await delay(50)
    expect(proxy.count('Scan')).toBe(made)
  })

  test('are read to the end when every other request is throttled', async () => {
    const ids = await stock(30, 2, 100_000)
    proxy.fault = ({ count }) => (count % 2 === 1 ? THROTTLED : undefined)
    expectWhole(await everything(), ids, 2)
  })
})
