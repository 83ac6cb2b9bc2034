import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'

export type ClientOptions = Pick<
  DynamoDBClientConfig,
  'credentials' | 'maxAttempts' | 'requestHandler'
>

export function clientFor(endpoint: string, options: ClientOptions = {}): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    ...options,
  })
}
