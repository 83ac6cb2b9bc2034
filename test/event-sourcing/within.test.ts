import { setTimeout as delay } from 'node:timers/promises'
import {
  bind,
  dynamoDBEventStore,
  type EventStore,
  OutcomeUnknown,
  StoreUnavailable,
  within,
} from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import {
  BROKEN,
  CONFLICTING,
  type Fault,
  PASSING,
  THROTTLED,
  withDynamoDBProxy,
} from '../support/dynamodb-proxy.ts'
import { refusal } from '../support/refusal.ts'

const dynamodb = withDynamoDB()
const proxy = withDynamoDBProxy(dynamodb)
/** The allowed lateness on a busy machine, in milliseconds. */
const LATE = 1000
let tableName: string
/** The same table without the proxy. */
let elsewhere: EventStore

beforeEach(async () => {
  tableName = await dynamodb.newTable()
  elsewhere = dynamoDBEventStore({ tableName, client: dynamodb.client })
  bind(Concert, dynamoDBEventStore({ tableName, client: proxy.client() }))
})

async function stored(id: string): Promise<unknown[]> {
  const events: unknown[] = []
  for await (const page of elsewhere.history(id)) events.push(...page)
  return events
}

/** Returns the milliseconds that the work took beyond its time. */
async function lateness(milliseconds: number, work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun - milliseconds
}

describe('work ends within its time', () => {
  const READS: [string, Fault][] = [...PASSING, ['answered incompletely', 'answer halved']]

  test.each(READS)('a read that is always %s fails with StoreUnavailable', async (_, fault) => {
    proxy.fail('Query', fault)
    const late = await lateness(300, async () => {
      const finding = within(300, () => Concert.findOne('x'))
      const error = await refusal(finding, StoreUnavailable)
      expect(error).toMatchObject({ data: { store: tableName }, cause: expect.any(Error) })
    })
    expect(late).toBeLessThan(LATE)
  })

  test.each([
    ['throttled', THROTTLED],
    ['rejected for a running transaction', CONFLICTING],
  ])('a put that is always %s fails with StoreUnavailable and writes nothing', async (_, fault) => {
    proxy.fail('PutItem', fault)
    const concert = new Concert()
    const late = await lateness(300, async () => {
      const adding = within(300, () => concert.addSeats(1))
      const error = await refusal(adding, StoreUnavailable)
      expect(error).toMatchObject({ data: { store: tableName }, cause: { name: fault.error } })
    })
    expect(late).toBeLessThan(LATE)
    expect(proxy.count('PutItem')).toBeGreaterThan(2)
    expect(await stored(concert.id)).toEqual([])
    expect(concert).toMatchObject({ version: 0, quantity: 0 })
  })

  const UNKNOWN: [string, Fault][] = [
    ['failed inside DynamoDB', BROKEN],
    ['cut off', 'cut'],
    ['cut off instead of answered', 'answer lost'],
    ['not answered', 'silence'],
    ['answered incompletely', 'answer halved'],
  ]

  test.each(UNKNOWN)(
    'a put that is always %s fails with OutcomeUnknown, and a repetition is committed once',
    async (_, fault) => {
      proxy.fail('PutItem', fault)
      const concert = new Concert()
      const commandId = 'once'
      const late = await lateness(300, async () => {
        const adding = within(300, () => concert.addSeats(1, { commandId }))
        const error = await refusal(adding, OutcomeUnknown)
        expect(error.data).toEqual({ id: concert.id, number: 1, commandId })
        expect(error.cause).toBeInstanceOf(Error)
      })
      expect(late).toBeLessThan(LATE)
      expect(concert).toMatchObject({ version: 0, quantity: 0 })
      proxy.fault = () => undefined
      for (const instance of [concert, concert, new Concert(concert.id)]) {
        await instance.addSeats(1, { commandId })
        expect(instance).toMatchObject({ version: 1, quantity: 1 })
      }
      expect(await stored(concert.id)).toHaveLength(1)
    },
  )

  test('a put with a lost answer stays OutcomeUnknown when its retries are throttled', async () => {
    const concert = new Concert()
    proxy.fault = ({ operation, count }) =>
      operation === 'PutItem' ? (count === 1 ? 'answer lost' : THROTTLED) : undefined
    await refusal(
      within(300, () => concert.addSeats(1)),
      OutcomeUnknown,
    )
    expect(await stored(concert.id)).toHaveLength(1)
  })

  test('a queued command without time fails with StoreUnavailable and sends nothing', async () => {
    const concert = new Concert()
    proxy.fail('PutItem', { until: delay(300) }, 1)
    const [first, second] = await Promise.allSettled([
      concert.addSeats(1),
      within(200, () => concert.addSeats(1)),
    ])
    expect(first).toMatchObject({ status: 'fulfilled' })
    expect(second).toMatchObject({ reason: { code: 'StoreUnavailable' } })
    expect(proxy.count('PutItem')).toBe(1)
    expect(await stored(concert.id)).toHaveLength(1)
  })

  test('a longer time inside a shorter time does not extend it', async () => {
    proxy.fail('Query', THROTTLED)
    const late = await lateness(200, async () => {
      const finding = within(200, () => within(60_000, () => Concert.findOne('x')))
      await refusal(finding, StoreUnavailable)
    })
    expect(late).toBeLessThan(LATE)
  })

  test('concurrent pieces of work have separate times', async () => {
    proxy.fail('Query', { until: delay(100) })
    const [short, long] = await Promise.allSettled([
      within(20, () => Concert.findOne('x')),
      within(5000, () => Concert.findOne('y')),
    ])
    expect(short).toMatchObject({ reason: { code: 'StoreUnavailable' } })
    expect(long).toMatchObject({ reason: { code: 'ResourceNotFound' } })
  })
})
