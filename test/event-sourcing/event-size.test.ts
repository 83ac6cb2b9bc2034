import { bind, dynamoDBEventStore, InvalidEvent } from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { withDynamoDBProxy } from '../support/dynamodb-proxy.ts'
import { commit, KB_400, seatsAdded, storeLargest } from '../support/event-size.ts'
import { refusal } from '../support/refusal.ts'

const dynamodb = withDynamoDB()
const proxy = withDynamoDBProxy(dynamodb)
const large = (bytes: number) => seatsAdded({ note: 'x'.repeat(bytes) })

const writes = () => proxy.count('PutItem') + proxy.count('TransactWriteItems')

beforeEach(async () => {
  const tableName = await dynamodb.newTable()
  bind(Concert, dynamoDBEventStore({ tableName, client: proxy.client() }))
})

function manyLongNames(): [string, number][] {
  return Array.from({ length: 7 }, (_, index) => [`${index}`.repeat(60_000), index])
}

test.each([
  ['one string', large(KB_400)],
  ['one string of multi-byte characters', seatsAdded({ note: '🙂'.repeat(KB_400 / 4) })],
  ['many small values', seatsAdded({ note: Array.from({ length: 140_000 }, () => 'xx') })],
  [
    'many numbers',
    seatsAdded({ note: Array.from({ length: 40_000 }, (_, index) => -1 / (index + 3)) }),
  ],
  ['long names', seatsAdded(Object.fromEntries(manyLongNames()))],
])('an event over 400 KB is rejected with InvalidEvent before any write: %s', async (_, event) => {
  for (const proposal of [event, [seatsAdded({}), event]]) {
    const error = await refusal(commit(new Concert(), proposal), InvalidEvent)
    expect(error.data).toMatchObject({ type: 'SeatsAdded', attribute: 'size' })
  }
  expect(writes()).toBe(0)
})

test('a name over 64 KB is rejected with InvalidEvent before any write', async () => {
  const name = 'x'.repeat(65_536)
  for (const event of [seatsAdded({ [name]: 1 }), seatsAdded({ note: [{ [name]: 1 }] })]) {
    await refusal(commit(new Concert(), event), InvalidEvent)
  }
  expect(writes()).toBe(0)
})

/** A text of 300 KB leaves 100 KB for values. The emulator takes seconds for 400 KB of them. */
const TEXT = 'x'.repeat(300 * 1024)
const LEFT = KB_400 - TEXT.length

test.each<[string, unknown, number]>([
  ['digits', 7, 3],
  ['negative fractions of many digits', -1 / 7, 12],
  ['large numbers', Number.MAX_SAFE_INTEGER, 10],
  ['fractions', 12.34, 4],
  ['booleans', true, 2],
  ['multi-byte characters', '🙂', 5],
  ['empty lists', [], 4],
])('every accepted event is stored, up to 400 KB: a list of %s', async (_, value, bytes) => {
  const values = (length: number) => Array.from({ length }, () => value)
  const eventOf = (length: number) => seatsAdded({ note: [TEXT, ...values(length)] })
  const count = await storeLargest(new Concert(), eventOf, Math.ceil(LEFT / bytes), 0.99)
  expect(count * bytes).toBeGreaterThan(LEFT * 0.6)
})

test.each([
  ['a UUID', undefined],
  ['an id of 2048 bytes', 'x'.repeat(2048)],
  ['an id of 2048 bytes in multi-byte characters', '🙂'.repeat(512)],
])('every accepted event is stored, up to 400 KB: with %s', async (_, id) => {
  const concert = new Concert(id)
  const commandId = 'x'.repeat(128)
  const bytes = await storeLargest(concert, large, KB_400, 0.9995, { commandId })
  expect(bytes + Buffer.byteLength(concert.id)).toBeGreaterThan(KB_400 - 512)
})

test('over 4 MB in a commit is rejected with InvalidEvent before any write', async () => {
  const concert = new Concert()
  const events = Array.from({ length: 11 }, () => large(390_000))
  const error = await refusal(commit(concert, events), InvalidEvent)
  expect(error.data).toMatchObject({ id: concert.id, attribute: 'size' })
  expect(writes()).toBe(0)
  await commit(concert, events.slice(1))
  expect(await concert.events()).toHaveLength(10)
})

test('over 100 events in a commit are rejected with InvalidEvent before any write', async () => {
  const concert = new Concert()
  const events = Array.from({ length: 101 }, () => seatsAdded({}))
  const error = await refusal(commit(concert, events), InvalidEvent)
  expect(error.data).toMatchObject({ id: concert.id, attribute: 'size' })
  expect(writes()).toBe(0)
  await commit(concert, events.slice(1))
  expect(concert.version).toBe(100)
})
