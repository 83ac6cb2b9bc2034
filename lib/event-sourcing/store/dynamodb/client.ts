import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

let client: DynamoDBClient | undefined

/**
 * Returns the shared client. Its short timeouts protect a function's time from a silent endpoint:
 * DynamoDB answers in milliseconds.
 */
export function sharedClient(): DynamoDBClient {
  client ??= new DynamoDBClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
  })
  return client
}
