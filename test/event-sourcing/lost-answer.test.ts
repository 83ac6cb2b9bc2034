import {
  bind,
  commitTogether,
  dynamoDBEventStore,
  type EventStore,
  OutcomeUnknown,
  within,
} from '../../lib/event-sourcing/index.ts'
import { Product } from '../../lib/shopping/index.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { withDynamoDBProxy } from '../support/dynamodb-proxy.ts'
import { refusal } from '../support/refusal.ts'

/** Another process. */
class Elsewhere extends Product {}

const dynamodb = withDynamoDB()
const proxy = withDynamoDBProxy(dynamodb)
const restocked = { type: 'ProductRestocked', amount: 1 } as const
const isWrite = (operation: string) => ['PutItem', 'TransactWriteItems'].includes(operation)
let store: EventStore
/** The same table, not through the proxy: what another process does. */
let elsewhere: EventStore

beforeEach(async () => {
  const tableName = await dynamodb.newTable()
  store = dynamoDBEventStore({ tableName, client: proxy.client() })
  elsewhere = dynamoDBEventStore({ tableName, client: dynamodb.client })
  bind(Product, store)
})

function loseAnswers(upTo: number): void {
  proxy.fault = ({ operation, count }) =>
    isWrite(operation) && count <= upTo ? 'answer lost' : undefined
}

const numbers = async ({ id }: Product) =>
  (await new Product(id).events()).map(({ number }) => number)

describe('a write whose answer was lost is recognised as our own, and is no conflict', () => {
  test('one event, also under a lock', async () => {
    loseAnswers(1)
    const product = new Product()
    const [event] = await product.commit(restocked, { expectedVersion: 0 })
    expect(proxy.count('PutItem')).toBe(2)
    expect(product).toMatchObject({ version: 1, quantity: 1 })
    expect(await product.events()).toEqual([event])
  })

  test('several events of one commit', async () => {
    loseAnswers(2)
    const product = new Product()
    const events = await product.commit([restocked, restocked, restocked], { expectedVersion: 0 })
    expect(proxy.count('TransactWriteItems')).toBe(3)
    expect(product).toMatchObject({ version: 3, quantity: 3 })
    expect(await product.events()).toEqual(events)
  })

  test('a commit of several resources, one of which is only looked at', async () => {
    const [one, other, looked] = [new Product(), new Product(), new Product()]
    loseAnswers(1)
    const [first, second] = await commitTogether([one, other, looked], () => [
      restocked,
      [restocked, restocked],
      undefined,
    ])
    expect(proxy.count('TransactWriteItems')).toBe(2)
    expect(await one.events()).toEqual(first)
    expect(await other.events()).toEqual(second)
    expect(await numbers(looked)).toEqual([])
  })

  test.each([
    ['one event', [restocked]],
    ['several events', [restocked, restocked]],
  ])('with another writer directly behind: %s', async (_, proposal) => {
    const product = new Product()
    const next = { ...restocked, id: product.id, number: proposal.length + 1 }
    const behind = { ...next, created: '2040-01-01T00:00:00Z', meta: { commandId: 'another' } }
    proxy.fault = ({ operation, count }) => {
      if (!isWrite(operation)) return undefined
      return count === 1 ? 'answer lost' : { until: elsewhere.append(behind) }
    }
    const events = await product.commit(proposal)
    expect(events.map(({ number }) => number)).toEqual(proposal.map((_, index) => index + 1))
    expect(product.version).toBe(proposal.length)
    proxy.fault = () => undefined
    await product.reserve()
    expect(product).toMatchObject({ version: proposal.length + 2, quantity: proposal.length })
  })

  test('several resources, with other writers behind each, also the one that is looked at', async () => {
    bind(Elsewhere, elsewhere)
    const resources = [new Product(), new Product(), new Product()] as const
    const onTop = async () => {
      for (const { id } of resources) await new Elsewhere(id).restock(10)
    }
    proxy.fault = ({ operation, count }) => {
      if (operation !== 'TransactWriteItems') return undefined
      return count === 1 ? 'answer lost' : { until: onTop() }
    }
    const [one, other, none] = await commitTogether(resources, () => [
      restocked,
      [restocked, restocked],
      undefined,
    ])
    expect(proxy.count('TransactWriteItems')).toBe(2)
    expect([one, other, none].map((events) => events.length)).toEqual([1, 2, 0])
    await Promise.all(resources.map((resource) => resource.hydrate()))
    expect(resources.map(({ quantity }) => quantity)).toEqual([11, 12, 10])
    expect((await resources[1].events()).slice(0, 2)).toEqual(other)
  })
})

describe('where no answer comes at all', () => {
  test.each([
    ['one event', [restocked]],
    ['several events', [restocked, restocked]],
  ])('it is OutcomeUnknown, and a repetition returns what was committed: %s', async (_, events) => {
    loseAnswers(Number.POSITIVE_INFINITY)
    const product = new Product()
    const commandId = 'the client’s own'
    const commit = (instance = product) =>
      within(300, () => instance.commit(events, { commandId, expectedVersion: 0 }))
    const error = await refusal(commit(), OutcomeUnknown)
    expect(error.data).toEqual({ id: product.id, number: 1, commandId })
    expect(error.cause).toBeInstanceOf(Error)
    expect(product).toMatchObject({ version: 0, quantity: 0 })
    proxy.fault = () => undefined
    const committed = await commit()
    expect(committed).toHaveLength(events.length)
    expect(await commit(new Product(product.id))).toEqual(committed)
    expect(await product.events()).toEqual(committed)
    expect(product.quantity).toBe(events.length)
  })

  test('without a commandId of the caller’s, the error carries the one to repeat with', async () => {
    loseAnswers(Number.POSITIVE_INFINITY)
    const product = new Product()
    const { data } = await refusal(
      within(200, () => product.restock(1)),
      OutcomeUnknown,
    )
    const [event] = await product.events()
    expect(data).toEqual({ id: product.id, number: 1, commandId: event?.meta?.commandId })
    proxy.fault = () => undefined
    expect(await product.restock(1, { commandId: `${data.commandId}` })).toEqual([event])
  })

  test('of several resources, a repetition returns what was committed to each', async () => {
    const products = [new Product(), new Product()] as const
    const commit = () =>
      commitTogether(products, () => [restocked, restocked], { commandId: 'both' })
    loseAnswers(Number.POSITIVE_INFINITY)
    const error = await refusal(within(200, commit), OutcomeUnknown)
    expect(error.data).toEqual({ id: products[0].id, number: 1, commandId: 'both' })
    proxy.fault = () => undefined
    const [one, other] = await commit()
    expect(await products[0].events()).toEqual(one)
    expect(await products[1].events()).toEqual(other)
    expect([one, other].flat().map(({ number }) => number)).toEqual([1, 1])
  })
})
