import { randomUUID } from 'node:crypto'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { isPlainObject } from '../../state/state.ts'
import { sharedClient } from '../../store/dynamodb/client.ts'
import { itemOf, valuesOf } from '../../store/dynamodb/items.ts'
import { type Failure, isFailure, send } from '../../store/dynamodb/requests.ts'
import { read } from '../../store/dynamodb/retries.ts'
import { Table, type Values } from '../../store/dynamodb/table.ts'
import { compareBytes } from './in-memory-view-store.ts'
import type { Changed, Entry, EntryRange, ViewStore } from './view-store.ts'

/** The index of a views table: the partition key `key` and the sort key `sort`, both strings. */
export const VIEW_INDEX = 'byKey'

/** Options of {@link dynamoDBViewStore}. */
export interface DynamoDBViewStoreOptions {
  /**
   * The name of a table with the partition key `partition` and the sort key `item`, both strings. It
   * needs an index `byKey` over `key` and `sort`, both strings. Undefined fails at first use.
   */
  readonly tableName: string | undefined
  /** Default: the shared client of the event stores. */
  readonly client?: DynamoDBClient
}

/** Returns a store of views on DynamoDB. */
export function dynamoDBViewStore(options: DynamoDBViewStoreOptions): ViewStore {
  const { client = sharedClient(), tableName } = options
  const table = new Table(client, 'The store of views', tableName)

  async function* query(
    by: { readonly partition: string; readonly sort: string; readonly value: string },
    range: EntryRange,
    input: object,
  ): AsyncGenerator<Entry> {
    const bounds = boundsOf(range)
    if (!bounds) return
    const { condition, values, isIn } = bounds
    const { descending = false, about } = range
    const items = table.items('Query', {
      KeyConditionExpression: `#partition = :partition${condition}`,
      ExpressionAttributeNames: {
        '#partition': by.partition,
        ...(condition !== '' && { '#sort': by.sort }),
      },
      ExpressionAttributeValues: itemOf({ ':partition': by.value, ...values }),
      ScanIndexForward: !descending,
      ...(about !== undefined && { Limit: about }),
      ...input,
    })
    for await (const values of items) if (isIn(values[by.sort])) yield toEntry(values)
  }

  return {
    name: table.label,

    async get({ partition, item }) {
      const values = await table.get({ partition, item })
      return values && toEntry(values)
    },

    putNewer(entry) {
      const input = {
        TableName: table.name,
        Item: itemOf({ ...entry, writer: randomUUID() }),
        ConditionExpression: 'attribute_not_exists(revision) OR revision < :revision',
        ExpressionAttributeValues: itemOf({ ':revision': entry.revision }),
      }
      return read(table.label, async (attempt) => {
        try {
          await send(client, 'PutItem', input, attempt)
          return true
        } catch (error) {
          if (isFailure(error, 'ConditionalCheckFailedException')) return false
          throw error
        }
      })
    },

    change(changes) {
      const writer = randomUUID()
      const TransactItems = changes.map(({ entry, was }) => ({
        Put: {
          TableName: table.name,
          Item: itemOf({ ...entry, writer }),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          ...(was === 0
            ? { ConditionExpression: 'attribute_not_exists(revision)' }
            : {
                ConditionExpression: 'revision = :was',
                ExpressionAttributeValues: itemOf({ ':was': was }),
              }),
        },
      }))
      return read(table.label, async (attempt): Promise<Changed> => {
        try {
          await send(client, 'TransactWriteItems', { TransactItems }, attempt)
          return { outcome: 'stored' }
        } catch (error) {
          if (!isFailure(error, 'TransactionCanceledException')) throw error
          return takenOrStored(error, writer)
        }
      })
    },

    entries: (value, range = {}) =>
      query({ partition: 'partition', sort: 'item', value }, range, { ConsistentRead: true }),

    found: (value, range = {}) =>
      query({ partition: 'key', sort: 'sort', value }, range, { IndexName: VIEW_INDEX }),

    remove: (places) => table.remove(places.map(({ partition, item }) => ({ partition, item }))),
  }
}

/** Reads why a transaction was canceled. An earlier attempt whose response was lost has stored all. */
function takenOrStored(error: Failure<'TransactionCanceledException'>, writer: string): Changed {
  const reasons = error.CancellationReasons ?? []
  const by = reasons.map(({ Code, Item }) => {
    if (Code !== 'ConditionalCheckFailed') return undefined
    return Item ? valuesOf(Item) : 'none'
  })
  if (by.every((found) => found === undefined)) throw error
  const isOurs = by.every((found) => found !== 'none' && found?.writer === writer)
  if (isOurs) return { outcome: 'stored' }
  const entries = by.map((found) => (typeof found === 'object' ? toEntry(found) : found))
  return { outcome: 'taken', by: entries }
}

interface Bounds {
  /** The end of a key condition. */
  readonly condition: string
  readonly values: object
  /** Whether a value within the condition is in the range, whose ends may be exclusive. */
  isIn(value: unknown): boolean
}

/** Returns undefined for a range without values. */
function boundsOf({ from, before, after, descending = false }: EntryRange): Bounds | undefined {
  const lows = [from, descending ? undefined : after].filter((value) => value !== undefined)
  const highs = [before, descending ? after : undefined].filter((value) => value !== undefined)
  const low = lows.sort(compareBytes).at(-1)
  const high = highs.sort(compareBytes)[0]
  const isIn = (value: unknown) => value !== before && value !== after
  if (low !== undefined && high !== undefined) {
    if (compareBytes(low, high) > 0) return undefined
    const values = { ':low': low, ':high': high }
    return { condition: ' AND #sort BETWEEN :low AND :high', values, isIn }
  }
  if (low !== undefined) return { condition: ' AND #sort >= :low', values: { ':low': low }, isIn }
  if (high !== undefined)
    return { condition: ' AND #sort <= :high', values: { ':high': high }, isIn }
  return { condition: '', values: {}, isIn }
}

/** @throws TypeError if the item is not an entry */
function toEntry({ writer: _, ...values }: Values): Entry {
  if (isEntry(values)) return values
  throw new TypeError('The item is not an entry of a view')
}

function isEntry(values: Values): values is Values & Entry {
  const { partition, item, revision, body } = values
  return (
    typeof partition === 'string' &&
    typeof item === 'string' &&
    typeof revision === 'number' &&
    isPlainObject(body)
  )
}
