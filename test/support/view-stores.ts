import { randomUUID } from 'node:crypto'
import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  dynamoDBViewStore,
  inMemoryViewStore,
  VIEW_INDEX,
  type ViewStore,
} from '../../lib/event-sourcing/views/index.ts'
import type { TestDynamoDB } from './dynamodb.ts'

/** Returns the kinds of view stores, each with a function that creates an empty one. */
export function viewStores({
  client,
}: Pick<TestDynamoDB, 'client'>): [string, () => Promise<ViewStore>][] {
  return [
    ['in memory', async () => inMemoryViewStore()],
    ['on DynamoDB', async () => dynamoDBViewStore({ tableName: await viewTable(client), client })],
  ]
}

/** Creates a table of views, and returns its name. */
export async function viewTable(client: DynamoDBClient): Promise<string> {
  const name = `Views-${randomUUID()}`
  const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const })
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ]
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['partition', 'item', 'key', 'sort'].map(text),
      KeySchema: keys('partition', 'item'),
      GlobalSecondaryIndexes: [
        {
          IndexName: VIEW_INDEX,
          KeySchema: keys('key', 'sort'),
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  )
  return name
}
