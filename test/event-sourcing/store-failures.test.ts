import {
  bind,
  commitTogether,
  dynamoDBEventStore,
  type EventStore,
  ResourceNotFound,
  StoreUnavailable,
} from '../../lib/event-sourcing/index.ts'
import { Product } from '../../lib/shopping/index.ts'
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
const restocked = { type: 'ProductRestocked', amount: 1 } as const
/** Longer than the emulator takes, on a busy machine too. */
const IMPATIENT = { requestHandler: { requestTimeout: 500, throwOnRequestTimeout: true } }
/** How often a request fails before it succeeds: a silence takes its time. */
const times = (fault: Fault) => (fault === 'silence' ? 1 : 2)
let tableName: string
/** The same table, not through the proxy. */
let elsewhere: EventStore

beforeEach(async () => {
  tableName = await dynamodb.newTable()
  elsewhere = dynamoDBEventStore({ tableName, client: dynamodb.client })
  bindThroughProxy()
})

function bindThroughProxy(options: ClientOptions = IMPATIENT): void {
  bind(Product, dynamoDBEventStore({ tableName, client: proxy.client(options) }))
}

async function stored(id: string): Promise<unknown[]> {
  const events: unknown[] = []
  for await (const page of elsewhere.history(id)) events.push(...page)
  return events
}

describe('what fails is done again, until it succeeds', () => {
  test.each(PASSING)('a query that is %s', async (_, fault) => {
    const { id } = new Product()
    await new Product(id).restock(2)
    bindThroughProxy()
    const before = proxy.count('Query')
    proxy.fail('Query', fault, before + times(fault))
    expect(await Product.findOne(id)).toMatchObject({ version: 1, quantity: 2 })
    expect(proxy.count('Query')).toBe(before + times(fault) + 1)
  })

  test('a read that is answered by something else than events: it is never taken for an empty history', async () => {
    const { id } = new Product()
    await new Product(id).restock(2)
    bindThroughProxy()
    proxy.fault = ({ count }) => (count <= 2 ? { status: 200, error: 'Nonsense' } : undefined)
    expect(await Product.findOne(id)).toMatchObject({ version: 1, quantity: 2 })
    expect(await Product.findAll()).toMatchObject({ items: [{ id, version: 1 }] })
  })

  test.each(PASSING)('a scan that is %s', async (_, fault) => {
    const { id } = new Product()
    await new Product(id).restock(2)
    proxy.fail('Scan', fault, times(fault))
    expect(await Product.findAll()).toMatchObject({ items: [{ id, version: 1, quantity: 2 }] })
    expect(proxy.count('Scan')).toBe(times(fault) + 1)
  })

  test.each(PASSING)(
    'a put that is %s: it is stored once, and is no conflict',
    async (_, fault) => {
      proxy.fail('PutItem', fault, times(fault))
      const product = new Product()
      const events = await product.restock(2, { expectedVersion: 0 })
      expect(proxy.count('PutItem')).toBe(times(fault) + 1)
      expect(product).toMatchObject({ version: 1, quantity: 2 })
      expect(await product.events()).toEqual(events)
      expect(events).toHaveLength(1)
    },
  )

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
  ])('a transaction that is %s: it is stored once, and is no conflict', async (_, fault) => {
    proxy.fail('TransactWriteItems', fault, times(fault))
    const products = [new Product(), new Product()] as const
    const [[one], [other]] = await commitTogether(products, () => [restocked, restocked])
    expect(proxy.count('TransactWriteItems')).toBe(times(fault) + 1)
    expect(await products[0].events()).toEqual([one])
    expect(await products[1].events()).toEqual([other])
  })

  test('a put that meets a running transaction is done again, and is no conflict', async () => {
    proxy.fail('PutItem', CONFLICTING, 3)
    const product = new Product()
    await product.restock(1, { expectedVersion: 0 })
    expect(proxy.count('PutItem')).toBe(4)
    expect(await stored(product.id)).toHaveLength(1)
  })

  test('with a client that makes attempts of its own', async () => {
    bindThroughProxy({ ...IMPATIENT, maxAttempts: 3 })
    const { id } = new Product()
    proxy.fault = ({ operation, count }) => {
      const fault = PASSING[count]?.[1]
      return operation === 'PutItem' || operation === 'Query' ? fault : undefined
    }
    await new Product(id).restock(2, { expectedVersion: 0 })
    bindThroughProxy({ ...IMPATIENT, maxAttempts: 3 })
    expect(await Product.findOne(id)).toMatchObject({ version: 1, quantity: 2 })
    expect(await stored(id)).toHaveLength(1)
  })

  test('a put that arrives after it was given up changes nothing', async () => {
    const product = new Product()
    let release = () => {}
    const until = new Promise<void>((resolve) => {
      release = resolve
    })
    proxy.fail('PutItem', { until }, 1)
    const committed = await product.restock(1)
    release()
    await proxy.idle()
    expect(proxy.count('PutItem')).toBe(2)
    expect(await stored(product.id)).toHaveLength(1)
    expect(await product.events()).toEqual(committed)
  })

  test('a put that arrives late, behind another writer’s, is decided anew and stored once', async () => {
    const product = new Product()
    const meta = { commandId: 'another' }
    const created = '2030-01-01T00:00:00Z'
    const first = { ...restocked, id: product.id, number: 1, created, meta }
    let release = () => {}
    const until = new Promise<void>((resolve) => {
      release = resolve
    })
    proxy.fault = ({ operation, count }) => {
      if (operation !== 'PutItem' || count > 2) return undefined
      return { until: count === 1 ? until : elsewhere.append(first) }
    }
    await product.commit(({ version }) => ({ ...restocked, amount: version + 1 }))
    release()
    await proxy.idle()
    expect(await stored(product.id)).toMatchObject([{ amount: 1 }, { amount: 2 }])
    expect(product).toMatchObject({ version: 2, quantity: 3 })
  })
})

test('an answer that stops in its middle does not use up the time: the request is made again', async () => {
  proxy.fault = ({ count }) => (count === 1 ? 'answer halved' : undefined)
  const product = new Product()
  await Promise.all([product.restock(1), refusal(Product.findOne('x'), ResourceNotFound)])
  expect(proxy.count('PutItem')).toBe(2)
  expect(proxy.count('Query')).toBe(2)
  expect(await stored(product.id)).toHaveLength(1)
})

describe('what no repetition mends ends at once, and nothing was written', () => {
  test.each([
    ['access denied', DENIED],
    ['a request that is not valid', { status: 400, error: 'ValidationException' }],
    ['an expired token', { status: 400, error: 'ExpiredTokenException' }],
  ])('%s', async (_, fault) => {
    proxy.fault = () => fault
    const product = new Product()
    const cause = { name: fault.error }
    expect(await refusal(product.restock(1), StoreUnavailable)).toMatchObject({ cause })
    const several = product.commit([restocked, restocked])
    expect(await refusal(several, StoreUnavailable)).toMatchObject({ cause })
    expect(await refusal(Product.findOne('x'), StoreUnavailable)).toMatchObject({ cause })
    expect(await refusal(Product.findAll(), StoreUnavailable)).toMatchObject({ cause })
    expect(proxy.requests).toHaveLength(4)
    expect(await stored(product.id)).toEqual([])
  })

  test.each(['CredentialsProviderError', 'TokenProviderError'])(
    'no credentials to sign with: %s',
    async (name) => {
      const cause = Object.assign(new Error('There are none'), { name })
      bindThroughProxy({ credentials: () => Promise.reject(cause) })
      const restock = () => new Product().restock(1)
      for (const work of [() => Product.findOne('x'), () => Product.findAll(), restock]) {
        expect((await refusal<StoreUnavailable>(work(), StoreUnavailable)).cause).toBe(cause)
      }
      expect(proxy.requests).toEqual([])
    },
  )

  test('a table that is not there', async () => {
    bind(Product, dynamoDBEventStore({ tableName: 'Nowhere', client: proxy.client() }))
    await refusal(new Product().restock(1), StoreUnavailable)
    await refusal(Product.findOne('x'), StoreUnavailable)
    await refusal(Product.findAll(), StoreUnavailable)
    expect(proxy.requests).toHaveLength(3)
  })
})
