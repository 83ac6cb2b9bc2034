import { bind, dynamoDBEventStore } from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { runScript } from '../support/scripts.ts'

const STOCK = 60
const dynamodb = withDynamoDB()

test('two processes never oversell a concert, and each reservation is stored once', async () => {
  const tableName = await dynamodb.newTable()
  bind(Concert, dynamoDBEventStore({ tableName, client: dynamodb.client }))
  const { id } = new Concert()
  await new Concert(id).addSeats(STOCK)

  const outputs = await Promise.all(
    [1, 2].map(() => runScript('reserver', dynamodb.endpoint, tableName, id)),
  )

  const reserved: number[] = outputs.flatMap((output) => JSON.parse(output))
  const concert = await Concert.findOne(id)
  const history = await concert.events()
  expect(concert).toMatchObject({ quantity: 0, status: 'sold-out', version: STOCK + 1 })
  expect(history.map(({ number }) => number)).toEqual(
    Array.from({ length: STOCK + 1 }, (_, index) => index + 1),
  )
  expect(reserved.sort((one, other) => one - other)).toEqual(
    history.slice(1).map(({ number }) => number),
  )
}, 60_000)
