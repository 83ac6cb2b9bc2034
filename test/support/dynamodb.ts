import { randomUUID } from 'node:crypto'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type LocalDynamoDB, startDynamoDB } from '../../lib/local/dynamodb/index.ts'
import { clientFor } from './client.ts'
import { createTable } from './create-table.ts'

export interface TestDynamoDB {
  readonly client: DynamoDBClient
  readonly endpoint: string
  /** Makes an empty table for events and gives its name. */
  newTable(): Promise<string>
}

/** An emulator for the tests of a file, in memory; which one, LOCAL_DYNAMODB says. */
export function withDynamoDB(): TestDynamoDB {
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
    async newTable() {
      const name = `Events-${randomUUID()}`
      await createTable(running().client, name)
      return name
    },
  }
}
