import {
  CreateTableCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
} from '@aws-sdk/client-dynamodb'
import { OWNER_INDEX, OWNER_KEY } from '../../lib/event-sourcing/index.ts'

const INDEX: GlobalSecondaryIndex = {
  IndexName: OWNER_INDEX,
  KeySchema: [
    { AttributeName: OWNER_KEY, KeyType: 'HASH' },
    { AttributeName: 'id', KeyType: 'RANGE' },
  ],
  Projection: { ProjectionType: 'KEYS_ONLY' },
}

/**
 * Creates a table of events with the key `id` and `number`, and the index of owners if wanted. Its stream, if any, holds both images.
 * @returns the stream's ARN
 */
export async function createTable(
  client: DynamoDBClient,
  name: string,
  { stream, owners = false }: { readonly stream: boolean; readonly owners?: boolean },
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
        ...(owners ? [{ AttributeName: OWNER_KEY, AttributeType: 'S' as const }] : []),
      ],
      ...(owners && { GlobalSecondaryIndexes: [INDEX] }),
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: stream
        ? { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' }
        : { StreamEnabled: false },
    }),
  )
  return TableDescription?.LatestStreamArn ?? ''
}
