import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  bind,
  commitTogether,
  dynamoDBEventStore,
  type EventStore,
  ResourceNotFound,
  StoreUnavailable,
} from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import type { ClientOptions } from '../support/client.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import {
  CONFLICTING,
  DENIED,
  type Fault,
  PASSING,
  withDynamoDBProxy,
} from '../support/dynamodb-proxy.ts'
import { refusal } from '../support/refusal.ts'

const dynamodb = withDynamoDB()
const proxy = withDynamoDBProxy(dynamodb)
const seatsAdded = { type: 'SeatsAdded', amount: 1 } as const
/** A timeout that is longer than the emulator takes, even on a busy machine. */
const IMPATIENT = { requestHandler: { requestTimeout: 500, throwOnRequestTimeout: true } }
/** Returns the number of failures before a success. A silence is slow, so it occurs once. */
const times = (fault: Fault) => (fault === 'silence' ? 1 : 2)
let tableName: string
/** The same table without the proxy. */
let elsewhere: EventStore

beforeEach(async () => {
  tableName = await dynamodb.newTable()
  elsewhere = dynamoDBEventStore({ tableName, client: dynamodb.client })
  bindThroughProxy()
})

function bindThroughProxy(options: ClientOptions = IMPATIENT): void {
  bind(Concert, dynamoDBEventStore({ tableName, client: proxy.client(options) }))
}

async function stored(id: string): Promise<unknown[]> {
  const events: unknown[] = []
  for await (const page of elsewhere.history(id)) events.push(...page)
  return events
}

describe('a failed request is retried until it succeeds', () => {
  test.each(PASSING)('a query that is %s', async (_, fault) => {
    const { id } = new Concert()
    await new Concert(id).addSeats(2)
    bindThroughProxy()
    const before = proxy.count('Query')
    proxy.fail('Query', fault, before + times(fault))
    expect(await Concert.findOne(id)).toMatchObject({ version: 1, quantity: 2 })
    expect(proxy.count('Query')).toBe(before + times(fault) + 1)
  })

  test('a read with an invalid answer is never taken for an empty history', async () => {
    const { id } = new Concert()
    await new Concert(id).addSeats(2)
    bindThroughProxy()
    proxy.fault = ({ count }) => (count <= 2 ? { status: 200, error: 'Nonsense' } : undefined)
    expect(await Concert.findOne(id)).toMatchObject({ version: 1, quantity: 2 })
    expect(await Concert.findAll()).toMatchObject({ items: [{ id, version: 1 }] })
  })

  test.each(PASSING)('a scan that is %s', async (_, fault) => {
    const { id } = new Concert()
    await new Concert(id).addSeats(2)
    proxy.fail('Scan', fault, times(fault))
    expect(await Concert.findAll()).toMatchObject({ items: [{ id, version: 1, quantity: 2 }] })
    expect(proxy.count('Scan')).toBe(times(fault) + 1)
  })

  test.each(PASSING)('a put that is %s is stored once, without a conflict', async (_, fault) => {
    proxy.fail('PutItem', fault, times(fault))
    const concert = new Concert()
    const events = await concert.addSeats(2, { expectedVersion: 0 })
    expect(proxy.count('PutItem')).toBe(times(fault) + 1)
    expect(concert).toMatchObject({ version: 1, quantity: 2 })
    expect(await concert.events()).toEqual(events)
    expect(events).toHaveLength(1)
  })

  test.each([
    ...PASSING,
    ['still in progress', { status: 400, error: 'TransactionInProgressException' }],
    ...['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'].map(
      (Code): [string, Fault] => [
        `cancelled for ${Code}`,
        {
          status: 400,
          error: 'TransactionCanceledException',
          details: { CancellationReasons: [{ Code: 'None' }, { Code }] },
        },
      ],
    ),
  ])('a transaction that is %s is stored once, without a conflict', async (_, fault) => {
    proxy.fail('TransactWriteItems', fault, times(fault))
    const concerts = [new Concert(), new Concert()] as const
    const [[one], [other]] = await commitTogether(concerts, () => [seatsAdded, seatsAdded])
    expect(proxy.count('TransactWriteItems')).toBe(times(fault) + 1)
    expect(await concerts[0].events()).toEqual([one])
    expect(await concerts[1].events()).toEqual([other])
  })

  test('a put during a running transaction is retried, without a conflict', async () => {
    proxy.fail('PutItem', CONFLICTING, 3)
    const concert = new Concert()
    await concert.addSeats(1, { expectedVersion: 0 })
    expect(proxy.count('PutItem')).toBe(4)
    expect(await stored(concert.id)).toHaveLength(1)
  })

  test('with a client that retries, too', async () => {
    bindThroughProxy({ ...IMPATIENT, maxAttempts: 3 })
    const { id } = new Concert()
    proxy.fault = ({ operation, count }) => {
      const fault = PASSING[count]?.[1]
      return operation === 'PutItem' || operation === 'Query' ? fault : undefined
    }
    await new Concert(id).addSeats(2, { expectedVersion: 0 })
    bindThroughProxy({ ...IMPATIENT, maxAttempts: 3 })
    expect(await Concert.findOne(id)).toMatchObject({ version: 1, quantity: 2 })
    expect(await stored(id)).toHaveLength(1)
  })

  test('a put that arrives after its retry changes nothing', async () => {
    const concert = new Concert()
    let release = () => {}
    const until = new Promise<void>((resolve) => {
      release = resolve
    })
    proxy.fail('PutItem', { until }, 1)
    const committed = await concert.addSeats(1)
    release()
    await proxy.idle()
    expect(proxy.count('PutItem')).toBe(2)
    expect(await stored(concert.id)).toHaveLength(1)
    expect(await concert.events()).toEqual(committed)
  })

  test('a put that arrives after another writer’s is decided again and stored once', async () => {
    const concert = new Concert()
    const meta = { commandId: 'another' }
    const created = '2030-01-01T00:00:00Z'
    const first = { ...seatsAdded, id: concert.id, number: 1, created, meta }
    let release = () => {}
    const until = new Promise<void>((resolve) => {
      release = resolve
    })
    proxy.fault = ({ operation, count }) => {
      if (operation !== 'PutItem' || count > 2) return undefined
      return { until: count === 1 ? until : elsewhere.append(first) }
    }
    await concert.commit(({ version }) => ({ ...seatsAdded, amount: version + 1 }))
    release()
    await proxy.idle()
    expect(await stored(concert.id)).toMatchObject([{ amount: 1 }, { amount: 2 }])
    expect(concert).toMatchObject({ version: 2, quantity: 3 })
  })
})

test('a request is retried when its answer stops in the middle', async () => {
  proxy.fault = ({ count }) => (count === 1 ? 'answer halved' : undefined)
  const concert = new Concert()
  await Promise.all([concert.addSeats(1), refusal(Concert.findOne('x'), ResourceNotFound)])
  expect(proxy.count('PutItem')).toBe(2)
  expect(proxy.count('Query')).toBe(2)
  expect(await stored(concert.id)).toHaveLength(1)
})

describe('a permanent failure is not retried, and nothing is written', () => {
  test.each([
    ['access denied', DENIED],
    ['an invalid request', { status: 400, error: 'ValidationException' }],
    ['an expired token', { status: 400, error: 'ExpiredTokenException' }],
  ])('%s', async (_, fault) => {
    proxy.fault = () => fault
    const concert = new Concert()
    const cause = { name: fault.error }
    expect(await refusal(concert.addSeats(1), StoreUnavailable)).toMatchObject({ cause })
    const several = concert.commit([seatsAdded, seatsAdded])
    expect(await refusal(several, StoreUnavailable)).toMatchObject({ cause })
    expect(await refusal(Concert.findOne('x'), StoreUnavailable)).toMatchObject({ cause })
    expect(await refusal(Concert.findAll(), StoreUnavailable)).toMatchObject({ cause })
    expect(proxy.requests).toHaveLength(4)
    expect(await stored(concert.id)).toEqual([])
  })

  test.each([
    ['no region', {}, 'Region is missing'],
    ['an invalid region', { region: 'eu west' }, 'Region not accepted'],
  ])('%s', async (_, place, cause) => {
    const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }
    const client = new DynamoDBClient({ ...place, credentials })
    bind(Concert, dynamoDBEventStore({ tableName, client }))
    const addSeats = () => new Concert().addSeats(1)
    const several = () => new Concert().commit([seatsAdded, seatsAdded])
    for (const work of [() => Concert.findOne('x'), () => Concert.findAll(), addSeats, several]) {
      const error = await refusal<StoreUnavailable>(work(), StoreUnavailable)
      expect(error.message).toBe(
        `DynamoDB did not process a request to ${tableName}: no valid AWS region is set. Set AWS_REGION, or pass a client with a region`,
      )
      expect(error.cause).toMatchObject({ message: expect.stringContaining(cause) })
    }
  })

  test.each(['CredentialsProviderError', 'TokenProviderError'])(
    'missing credentials: %s',
    async (name) => {
      const cause = Object.assign(new Error('There are none'), { name })
      bindThroughProxy({ credentials: () => Promise.reject(cause) })
      const addSeats = () => new Concert().addSeats(1)
      for (const work of [() => Concert.findOne('x'), () => Concert.findAll(), addSeats]) {
        const error = await refusal<StoreUnavailable>(work(), StoreUnavailable)
        expect(error.cause).toBe(cause)
        expect(error.message).toMatch(/no AWS credentials were found. Set AWS_PROFILE to a profile/)
      }
      expect(proxy.requests).toEqual([])
    },
  )

  test('a missing table', async () => {
    bind(Concert, dynamoDBEventStore({ tableName: 'Nowhere', client: proxy.client() }))
    await refusal(new Concert().addSeats(1), StoreUnavailable)
    await refusal(Concert.findOne('x'), StoreUnavailable)
    await refusal(Concert.findAll(), StoreUnavailable)
    expect(proxy.requests).toHaveLength(3)
  })
})
