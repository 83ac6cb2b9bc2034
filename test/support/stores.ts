import { randomUUID } from 'node:crypto'
import {
  dynamoDBEventStore,
  type EventStore,
  inMemoryEventStore,
} from '../../lib/event-sourcing/index.ts'
import { withDynamoDB } from './dynamodb.ts'

/**
 * Returns the kinds of stores, each with a function that creates an empty one: for `describe.each`.
 */
export function withStores(options?: {
  readonly owners: boolean
}): [string, () => Promise<EventStore>][] {
  const dynamodb = withDynamoDB()
  return [
    ['in memory', async () => inMemoryEventStore({ name: randomUUID(), pageSize: 3 })],
    [
      'on DynamoDB',
      async () =>
        dynamoDBEventStore({
          tableName: await dynamodb.newTable(options),
          client: dynamodb.client,
        }),
    ],
  ]
}
