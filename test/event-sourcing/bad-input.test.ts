import {
  bind,
  type CommitOptions,
  commitTogether,
  dynamoDBEventStore,
  type EventSourcingError,
  InvalidArgument,
  InvalidEvent,
  InvalidId,
  VersionConflict,
} from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { withDynamoDBProxy } from '../support/dynamodb-proxy.ts'
import { refusal } from '../support/refusal.ts'

const dynamodb = withDynamoDB()
const proxy = withDynamoDBProxy(dynamodb)
const reserved = { type: 'SeatsReserved' }
const seatsAdded = (more: object) => ({ type: 'SeatsAdded', amount: 1, ...more })

beforeEach(async () => {
  const tableName = await dynamodb.newTable()
  bind(Concert, dynamoDBEventStore({ tableName, client: proxy.client() }))
})

/** Commits an event that the types would reject. */
function commit(concert: Concert, event: unknown, options?: CommitOptions) {
  const decide: () => never = () => event as never
  return concert.commit(decide, options)
}

/** Returns the error of a commit to a concert with one event. Checks that nothing is written. */
async function refusedWith<E extends EventSourcingError>(
  event: unknown,
  kind: abstract new (...args: never[]) => E,
): Promise<E> {
  const concert = new Concert()
  await concert.addSeats(5)
  const before = JSON.stringify(concert)
  const puts = proxy.count('PutItem')
  const error = await refusal(commit(concert, event), kind)
  await refusal(commit(concert, [seatsAdded({}), event]), kind)
  expect(proxy.count('PutItem')).toBe(puts)
  expect(proxy.count('TransactWriteItems')).toBe(0)
  expect(JSON.stringify(concert)).toBe(before)
  expect(await concert.events()).toHaveLength(1)
  return error
}

const cycle: unknown[] = []
cycle.push(cycle)
const deep = (levels: number): unknown => (levels === 0 ? 'deep' : [deep(levels - 1)])
class Point {
  x = 1
}

test.each([
  ['a promise', async () => reserved],
  ['a promise that rejects', async () => Promise.reject(new Error('late'))],
])('a decision that returns %s is rejected before any write', async (_, decide) => {
  const concert = new Concert()
  const message =
    'The decision returned a promise, but it must return its events: do the asynchronous work before the commit'
  const asynchronous = decide as () => never
  expect(await refusal(concert.commit(asynchronous), InvalidEvent)).toMatchObject({ message })
  const together = commitTogether([concert, new Concert()], asynchronous)
  expect(await refusal(together, InvalidEvent)).toMatchObject({ message })
  expect(proxy.requests.filter(({ operation }) => /Put|Transact/.test(operation))).toEqual([])
})

test.each<[string, unknown]>([
  ['SeatsReserved', 'SeatsReserved'],
  ['null', null],
  ['a list', [reserved]],
  ['an instance of Point', new Point()],
])('the message for an event that is no object names the value: %s', async (words, event) => {
  const { message } = await refusal(commit(new Concert(), [event]), InvalidEvent)
  expect(message).toBe(`An event must be an object with a type and attributes; got ${words}`)
})

describe('an invalid event is rejected with InvalidEvent before any write', () => {
  test.each<[string, unknown]>([
    ['a string', 'SeatsReserved'],
    ['null', null],
    ['a number', 7],
    ['an array in an array', [[reserved]]],
    ['an object of a class', new Point()],
    ['an event without a type', { amount: 1 }],
    ['an event with an empty type', { type: '' }],
    ['an event whose type is not a string', { type: 7 }],
    ['an event with half a surrogate pair in its type', { type: 'Concert\ud83d' }],
  ])('%s', async (_, event) => {
    await refusedWith(event, InvalidEvent)
  })
})

describe('the number of an event', () => {
  test.each([0, -1, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '2', 2n, null])(
    '%p is rejected with InvalidEvent before any write',
    async (number) => {
      const { data } = await refusedWith({ ...reserved, number }, InvalidEvent)
      expect(data).toMatchObject({ type: 'SeatsReserved', attribute: 'number' })
    },
  )

  test.each([1, 3, 9, Number.MAX_SAFE_INTEGER])(
    '%d after version 1 is rejected with VersionConflict',
    async (number) => {
      const concert = new Concert()
      await concert.addSeats(5)
      const error = await refusal(commit(concert, { ...reserved, number }), VersionConflict)
      expect(error.data).toMatchObject({ expectedVersion: number - 1, actualVersion: 1 })
      expect(await concert.events()).toHaveLength(1)
    },
  )

  test('must follow the number before it in the same commit', async () => {
    const concert = new Concert()
    for (const numbers of [
      [1, 3],
      [1, 1],
      [2, 1],
    ]) {
      const events = numbers.map((number) => seatsAdded({ number }))
      await refusal(commit(concert, events), VersionConflict)
    }
    expect(await concert.events()).toEqual([])
    await commit(concert, [seatsAdded({ number: 1 }), seatsAdded({ number: 2 })])
    expect(concert.version).toBe(2)
  })
})

describe('the date of an event', () => {
  test.each<unknown>([
    'yesterday',
    '',
    '2030-01-01',
    '2030-02-31T00:00:00Z',
    '2030-02-29T00:00:00.000Z',
    '2030-13-01T00:00:00Z',
    '2030-01-01T24:00:01Z',
    '2030-01-01T00:60:00Z',
    '2030-01-01T00:00:00+02:00',
    '2030-01-01T00:00:00',
    '+002030-01-01T00:00:00Z',
    new Date(0),
    0,
    null,
  ])('%p is rejected with InvalidEvent before any write', async (created) => {
    const { data } = await refusedWith({ ...reserved, created }, InvalidEvent)
    expect(data).toMatchObject({ attribute: 'created' })
  })

  test.each(['2032-02-29T23:59:59Z', '2030-01-01T00:00:00.001Z', '9999-12-31T23:59:59.999Z'])(
    '%s is accepted from an import',
    async (created) => {
      const [event] = await commit(new Concert(), seatsAdded({ created }), { imported: true })
      expect(event?.created).toBe(created)
    },
  )
})

describe('the attributes of an event', () => {
  const attributes: [string, unknown][] = [
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a number over the safe integers', 2 ** 60],
    ['a number below the safe integers', -(2 ** 53)],
    ['a number too large', 1e200],
    ['a number too small', 1e-200],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a bigint', 1n],
    ['a cycle', cycle],
    ['33 levels', deep(33)],
    ['a Map', new Map([['a', 1]])],
    ['a Set', new Set([1])],
    ['a Date', new Date()],
    ['a Buffer', Buffer.from('x')],
    ['a regular expression', /x/],
    ['an error', new Error('x')],
    ['an object of a class', new Point()],
    ['a promise', Promise.resolve(1)],
    ['a boxed string', Object('x')],
    ['the first half of a surrogate pair', 'a\ud83d'],
    ['the second half of a surrogate pair', '\ude00b'],
    ['surrogate halves in the wrong order', '\ude00\ud83d'],
    ['a hole in an array', new Array(1)],
    ['an empty name', { '': 1 }],
    ['the name __proto__', JSON.parse('{"__proto__": 1}')],
    ['half a surrogate pair in a name', { '\ud83d': 1 }],
  ]

  test.each(attributes)('%s is rejected with InvalidEvent before any write', async (_, value) => {
    const { data } = await refusedWith(seatsAdded({ note: value }), InvalidEvent)
    expect(data).toMatchObject({ type: 'SeatsAdded', attribute: 'note' })
    await refusedWith(seatsAdded({ note: { list: [value] } }), InvalidEvent)
  })

  test.each(['id', 'meta'])(
    'the reserved name %s is rejected with InvalidEvent before any write',
    async (name) => {
      const { data } = await refusedWith(seatsAdded({ [name]: 'x' }), InvalidEvent)
      expect(data).toMatchObject({ attribute: name })
    },
  )

  test.each([
    ['', 1],
    ['__proto__', 1],
    ['\ud83d', 1],
  ])('the name %p is rejected with InvalidEvent before any write', async (name, value) => {
    const event = JSON.parse(JSON.stringify(seatsAdded({})))
    Object.defineProperty(event, name, { value, enumerable: true })
    await refusedWith(event, InvalidEvent)
  })

  test('values at the limits of the store are read back unchanged', async () => {
    const note = {
      numbers: [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1e-130, -1e-100, 0.1],
      texts: ['', '🙂', '\u0000', 'x'.repeat(2048)],
      deep: deep(28),
      nothing: [null, {}, []],
    }
    const concert = new Concert()
    const committed = await commit(concert, seatsAdded({ note }))
    expect(committed).toMatchObject([{ note }])
    const stored = await concert.events()
    expect(JSON.parse(JSON.stringify(stored))).toEqual(JSON.parse(JSON.stringify(committed)))
  })
})

describe('the id of a resource', () => {
  test.each<unknown>(['', 'x'.repeat(2049), '🙂'.repeat(513), 'a\ud83d', 7, null, {}, ['a']])(
    '%p is rejected with InvalidId before any request',
    async (id) => {
      const make = () => new Concert(id as never)
      expect(make).toThrow(InvalidId)
      const error = await refusal(Concert.findOne(id as never), InvalidId)
      expect(error.data).toEqual({ id })
      expect(proxy.requests).toHaveLength(0)
    },
  )

  test.each(['x'.repeat(2048), '🙂'.repeat(512), ' ', '\u0000', '../x?#%', '__proto__'])(
    '%j is accepted',
    async (id) => {
      await new Concert(id).addSeats(1)
      expect(await Concert.findOne(id)).toMatchObject({ id, version: 1 })
      expect(await Concert.findAll()).toMatchObject({ items: [{ id }] })
    },
  )
})

describe('an invalid option is rejected with InvalidArgument before any request', () => {
  test.each<[string, unknown]>([
    ['commandId', ''],
    ['commandId', 'x'.repeat(129)],
    ['commandId', 7],
    ['commandId', null],
    ['commandId', '\ud83d'],
    ['expectedVersion', -1],
    ['expectedVersion', 0.5],
    ['expectedVersion', Number.NaN],
    ['expectedVersion', 2 ** 53],
    ['expectedVersion', '1'],
    ['expectedVersion', null],
  ])('%s: %p', async (argument, value) => {
    const options = { [argument]: value } as never
    const error = await refusal(new Concert().addSeats(1, options), InvalidArgument)
    expect(error.data).toEqual({ argument, value })
    expect(proxy.requests).toHaveLength(0)
  })
})
