import { randomUUID } from 'node:crypto'
import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  type CheckpointStore,
  dynamoDBCheckpointStore,
} from '../../lib/event-sourcing/reactions/index.ts'

/** Creates an empty table of checkpoints, as the stack does. */
export async function newCheckpointTable(client: DynamoDBClient): Promise<CheckpointStore> {
  const tableName = `Checkpoints-${randomUUID()}`
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'reactor', AttributeType: 'S' },
        { AttributeName: 'waiting', AttributeType: 'S' },
        { AttributeName: 'due', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'id', KeyType: 'HASH' },
        { AttributeName: 'reactor', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'due',
          KeySchema: [
            { AttributeName: 'waiting', KeyType: 'HASH' },
            { AttributeName: 'due', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  )
  return dynamoDBCheckpointStore({ tableName, client })
}
