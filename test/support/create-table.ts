import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { OWNER_INDEX, OWNER_KEY } from '../../lib/event-sourcing/index.ts'

/**
 * Creates a table of events with the key `id` and `number`, and the index of owners. Its stream, if any, holds both images.
 * @returns the stream's ARN
 */
export async function createTable(
  client: DynamoDBClient,
  name: string,
  { stream }: { readonly stream: boolean },
): Promise<string> {
  const { TableDescription } = await client.send(
    new CreateTableCommand({
      TableName: name,
      KeySchema: [
        { AttributeName: 'id', KeyType: 'HASH' },
        { AttributeName: 'number', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'number', AttributeType: 'N' },
        { AttributeName: OWNER_KEY, AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: OWNER_INDEX,
          KeySchema: [
            { AttributeName: OWNER_KEY, KeyType: 'HASH' },
            { AttributeName: 'id', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: stream
        ? { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' }
        : { StreamEnabled: false },
    }),
  )
  return TableDescription?.LatestStreamArn ?? ''
}
