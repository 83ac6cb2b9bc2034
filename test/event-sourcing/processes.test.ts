import { bind, dynamoDBEventStore } from '../../lib/event-sourcing/index.ts'
import { Product } from '../../lib/shopping/index.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { runScript } from '../support/scripts.ts'

const STOCK = 60
const dynamodb = withDynamoDB()

test('two processes fighting over one product: never below zero, nothing lost or doubled', async () => {
  const tableName = await dynamodb.newTable()
  bind(Product, dynamoDBEventStore({ tableName, client: dynamodb.client }))
  const { id } = new Product()
  await new Product(id).restock(STOCK)

  const outputs = await Promise.all(
    [1, 2].map(() => runScript('reserver', dynamodb.endpoint, tableName, id)),
  )

  const reserved: number[] = outputs.flatMap((output) => JSON.parse(output))
  const product = await Product.findOne(id)
  const history = await product.events()
  expect(product).toMatchObject({ quantity: 0, status: 'sold-out', version: STOCK + 1 })
  expect(history.map(({ number }) => number)).toEqual(
    Array.from({ length: STOCK + 1 }, (_, index) => index + 1),
  )
  expect(reserved.sort((one, other) => one - other)).toEqual(
    history.slice(1).map(({ number }) => number),
  )
}, 60_000)
