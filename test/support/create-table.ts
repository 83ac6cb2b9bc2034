import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'

/**
 * Creates a table of events with the key `id` and `number`. Its stream, if any, holds both images.
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
      ],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: stream
        ? { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' }
        : { StreamEnabled: false },
    }),
  )
  return TableDescription?.LatestStreamArn ?? ''
}
