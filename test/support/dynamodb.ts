import { randomUUID } from 'node:crypto'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type LocalDynamoDB, startDynamoDB } from '../../lib/local/dynamodb/index.ts'
import { clientFor } from './client.ts'
import { createTable } from './create-table.ts'

/** The environment variable that passes the emulator's endpoint to the workers of a run. */
export const ENDPOINT = 'TEST_DYNAMODB_ENDPOINT'

export interface TestDynamoDB {
  readonly client: DynamoDBClient
  readonly endpoint: string
  /** Creates an empty table for events, without a stream, and returns its name. */
  newTable(options?: { readonly owners: boolean }): Promise<string>
}

/**
 * Returns the emulator that all files of a run share. LOCAL_DYNAMODB selects its kind. Its tables
 * have unique names, so files do not interfere.
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
    async newTable({ owners } = { owners: false }) {
      const name = `Events-${randomUUID()}`
      await createTable(dynamodb.client, name, { stream: false, owners })
      return name
    },
  }
  afterAll(() => client?.destroy())
  return dynamodb
}

/** Starts an emulator for one file, for local runs, whose tables have the names of the template. */
export function withOwnDynamoDB(): Omit<TestDynamoDB, 'newTable'> {
  let started: { readonly dynamodb: LocalDynamoDB; readonly client: DynamoDBClient } | undefined
  const running = () => {
    if (!started) throw new Error('The emulator runs only within the tests')
    return started
  }
  beforeAll(async () => {
    const dynamodb = await startDynamoDB()
    started = { dynamodb, client: clientFor(dynamodb.endpoint) }
  }, 30_000)
  afterAll(async () => {
    started?.client.destroy()
    await started?.dynamodb.stop()
  }, 30_000)
  return {
    get client() {
      return running().client
    },
    get endpoint() {
      return running().dynamodb.endpoint
    },
  }
}
