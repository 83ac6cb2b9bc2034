import { bind, dynamoDBEventStore } from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { KB_400, seatsAdded, storeLargest } from '../support/event-size.ts'

const dynamodb = withDynamoDB()

beforeEach(async () => {
  const tableName = await dynamodb.newTable()
  bind(Concert, dynamoDBEventStore({ tableName, client: dynamodb.client }))
})

test.each<[string, unknown, number]>([
  ['digits', 7, 3],
  ['fractions', 12.34, 4],
  ['booleans', true, 2],
  ['multi-byte characters', '🙂', 5],
  ['empty lists', [], 4],
])('every accepted event is stored, up to 400 KB: a list of %s', async (_, value, bytes) => {
  const listOf = (length: number) => seatsAdded({ note: Array.from({ length }, () => value) })
  const count = await storeLargest(new Concert(), listOf, Math.ceil(KB_400 / bytes), 0.99)
  expect(count * bytes).toBeGreaterThan(KB_400 * 0.6)
})
