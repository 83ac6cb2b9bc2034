import {
  bind,
  dynamoDBEventStore,
  StoreUnavailable,
  within,
} from '../../lib/event-sourcing/index.ts'
import { eventStoreContract } from '../../lib/event-sourcing/testing/index.ts'
import { Product } from '../../lib/shopping/index.ts'
import { clientFor } from '../support/client.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { refusal } from '../support/refusal.ts'

const dynamodb = withDynamoDB()

async function emptyStore() {
  return dynamoDBEventStore({ tableName: await dynamodb.newTable(), client: dynamodb.client })
}

describe('the DynamoDB store', () => {
  test.each(eventStoreContract)('$name', async ({ run }) => run(await emptyStore()), 20_000)

  test('a product is restocked, reserved and found', async () => {
    bind(Product, await emptyStore())
    const product = new Product()
    await product.restock(2)
    await product.reserve()
    expect(await Product.findOne(product.id)).toEqual(product)
    expect((await Product.findAll()).items).toEqual([product])
  })

  test('32 writers on one product: none lost, none doubled, never below zero', async () => {
    bind(Product, await emptyStore())
    const { id } = new Product()
    await new Product(id).restock(20)
    const results = await Promise.allSettled(
      Array.from({ length: 32 }, () => new Product(id).reserve()),
    )
    const reservations = results.filter(({ status }) => status === 'fulfilled')
    expect(reservations).toHaveLength(20)
    const product = await Product.findOne(id)
    expect(product).toMatchObject({ quantity: 0, version: 21 })
    expect((await product.events()).map(({ number }) => number)).toEqual(
      Array.from({ length: 21 }, (_, index) => index + 1),
    )
  }, 30_000)

  test('a store that cannot be reached is StoreUnavailable, with the cause', async () => {
    const client = clientFor('http://127.0.0.1:1', { maxAttempts: 1 })
    bind(Product, dynamoDBEventStore({ tableName: 'Nowhere', client }))
    const error = await refusal(
      within(1500, () => Product.findOne('x')),
      StoreUnavailable,
    )
    expect(error.cause).toBeInstanceOf(Error)
  })

  test('a table that is not there is StoreUnavailable', async () => {
    bind(Product, dynamoDBEventStore({ tableName: 'Nowhere', client: dynamodb.client }))
    await refusal(Product.findOne('x'), StoreUnavailable)
    await refusal(new Product().restock(1), StoreUnavailable)
  })

  test('a store without a table name says what to set', async () => {
    bind(Product, dynamoDBEventStore({ tableName: undefined, client: dynamodb.client }))
    await expect(Product.findOne('x')).rejects.toThrow(/environment variable/)
  })
})
