import { setTimeout as delay } from 'node:timers/promises'
import {
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'

/** The patience with a table that changes, in seconds. */
export const WAITER = { maxWaitTime: 30, minDelay: 0.05, maxDelay: 1 }

/** Returns undefined if there is no such table. */
export async function describe(
  client: DynamoDBClient,
  name: string,
): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}

/**
 * Adds and removes global indexes of a kept table, as CloudFormation does, one for each request.
 * Returns the table with the wanted indexes.
 */
export async function withIndexesOf(
  wanted: CreateTableCommandInput,
  kept: TableDescription,
  client: DynamoDBClient,
): Promise<TableDescription | undefined> {
  const { TableName, AttributeDefinitions } = wanted
  const [indexes, before] = [wanted, kept].map((table) => table.GlobalSecondaryIndexes ?? [])
  const has = (list: readonly { IndexName?: string | undefined }[] = [], name?: string) =>
    list.some(({ IndexName }) => IndexName === name)
  const added = (wanted.GlobalSecondaryIndexes ?? []).filter(
    ({ IndexName }) => !has(before, IndexName),
  )
  const removed = (before ?? []).flatMap(({ IndexName }) =>
    has(indexes, IndexName) ? [] : [{ Delete: { IndexName } }],
  )
  const updates = [...removed, ...added.map((index) => ({ Create: index }))]
  for (const update of updates) {
    const GlobalSecondaryIndexUpdates = [update]
    await client.send(
      new UpdateTableCommand({ TableName, AttributeDefinitions, GlobalSecondaryIndexUpdates }),
    )
    await untilSettled(client, TableName ?? '')
  }
  return updates.length === 0 ? kept : describe(client, TableName ?? '')
}

/** Waits until all indexes of a table are complete. Amazon's DynamoDB Local fills them in the background. */
async function untilSettled(client: DynamoDBClient, name: string): Promise<void> {
  const until = Date.now() + WAITER.maxWaitTime * 1000
  for (;;) {
    const { TableStatus, GlobalSecondaryIndexes = [] } = (await describe(client, name)) ?? {}
    const states = [TableStatus, ...GlobalSecondaryIndexes.map(({ IndexStatus }) => IndexStatus)]
    if (states.every((state) => (state ?? 'ACTIVE') === 'ACTIVE')) return
    if (Date.now() > until)
      throw new Error(`The indexes of the table ${name} are not complete: ${states.join(', ')}`)
    await delay(WAITER.minDelay * 1000)
  }
}
