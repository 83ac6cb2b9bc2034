import { randomUUID } from 'node:crypto'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { clientFor } from './client.ts'
import { createTable } from './create-table.ts'

/** The variable that names the emulator of a run to its workers. */
export const ENDPOINT = 'TEST_DYNAMODB_ENDPOINT'

export interface TestDynamoDB {
  readonly client: DynamoDBClient
  readonly endpoint: string
  /** Makes an empty table for events, without a stream, and gives its name. */
  newTable(): Promise<string>
}

/**
 * The emulator that all files of a run share; LOCAL_DYNAMODB says which. Its tables have unique
 * names, so files do not meet.
 */
export function withDynamoDB(): TestDynamoDB {
  let client: DynamoDBClient | undefined
  const endpoint = process.env[ENDPOINT] ?? ''
  const dynamodb = {
    endpoint,
    get client() {
      client ??= clientFor(endpoint)
      return client
    },
    async newTable() {
      const name = `Events-${randomUUID()}`
      await createTable(dynamodb.client, name, { stream: false })
      return name
    },
  }
  afterAll(() => client?.destroy())
  return dynamodb
}
