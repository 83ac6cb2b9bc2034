import { randomUUID } from 'node:crypto'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { isPlainObject } from '../../state/state.ts'
import { sharedClient } from '../../store/dynamodb/client.ts'
import { itemOf, valuesOf } from '../../store/dynamodb/items.ts'
import { isFailure, send } from '../../store/dynamodb/requests.ts'
import { read } from '../../store/dynamodb/retries.ts'
import { Table, type Values } from '../../store/dynamodb/table.ts'
import { type Checkpoint, checkpointOf } from './checkpoint.ts'
import type { CheckpointStore, Put } from './checkpoint-store.ts'
import type { ReactorRecord, ReconcilerState } from './reactor-record.ts'

/** Options of {@link dynamoDBCheckpointStore}. */
export interface DynamoDBCheckpointStoreOptions {
  /**
   * The name of a table with the partition key `id` (string) and the sort key `reactor` (string).
   * It needs an index `due` over `waiting` (string) and `due` (number). Undefined fails at first
   * use.
   */
  readonly tableName: string | undefined
  /** Default: the shared client of the event stores. */
  readonly client?: DynamoDBClient
}

interface Revised {
  readonly revision: number
}

const INDEX = 'due'
/** The partition of the reactors' records, and the prefix of their sort keys. Both are reserved. */
const RECORDS = '#reactors'
const MARK = '#'
const REMOVED_TOGETHER = 500
/** The index is split into parts, so that the leases are spread over several partitions. */
const PARTS = Array.from({ length: 8 })

/**
 * Returns a checkpoint store on DynamoDB. Keeps one item per reactor and resource, and one per
 * reactor. Every write is conditional on the revision.
 */
export function dynamoDBCheckpointStore(options: DynamoDBCheckpointStoreOptions): CheckpointStore {
  const { client = sharedClient(), tableName } = options
  const table = new Table(client, 'The checkpoint store', tableName)
  const name = table.label

  async function get<T>(key: object, of: (values: Values) => T): Promise<T | undefined> {
    const values = await table.get(key)
    return values && of(values)
  }

  async function* all<T>(items: AsyncIterable<Values>, of: (values: Values) => T) {
    for await (const values of items) yield of(values)
  }

  /** Writes an item, if the item's revision is one higher than the stored revision. */
  async function put<T>(values: Values & Revised, of: (values: Values) => T): Promise<Put<T>> {
    const writer = randomUUID()
    const input = {
      TableName: table.name,
      Item: itemOf({ ...values, writer }),
      ConditionExpression: 'attribute_not_exists(id) OR revision = :revision',
      ExpressionAttributeValues: itemOf({ ':revision': values.revision - 1 }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }
    return read(name, async (attempt): Promise<Put<T>> => {
      try {
        await send(client, 'PutItem', input, attempt)
        return { outcome: 'stored', stored: of(values) }
      } catch (error) {
        if (!isFailure(error, 'ConditionalCheckFailedException')) throw error
        const there = error.Item && valuesOf(error.Item)
        // An earlier attempt succeeded, but its response was lost.
        if (there?.writer === writer) return { outcome: 'stored', stored: of(values) }
        return { outcome: 'taken', by: there && of(there) }
      }
    })
  }

  return {
    name,

    get: (reactor, id) => get({ reactor, id }, toCheckpoint),

    put(checkpoint) {
      const next = { ...checkpoint, revision: checkpoint.revision + 1 }
      return put({ ...next, ...waiting(next) }, toCheckpoint)
    },

    reactor: (reactor) => get({ id: RECORDS, reactor: MARK + reactor }, toRecord),

    putReactor(record) {
      const { reactor, revision } = record
      const key = { id: RECORDS, reactor: MARK + reactor }
      return put({ ...record, ...key, revision: revision + 1 }, toRecord)
    },

    reactors() {
      const query = {
        KeyConditionExpression: 'id = :id',
        ExpressionAttributeValues: itemOf({ ':id': RECORDS }),
        ConsistentRead: true,
      }
      return all(table.items('Query', query), toRecord)
    },

    async *due(reactor, now) {
      for (const part of PARTS.keys()) {
        const values = { ':waiting': waitingIn(reactor, part), ':now': now }
        const query = {
          IndexName: INDEX,
          KeyConditionExpression: 'waiting = :waiting AND due <= :now',
          ExpressionAttributeValues: itemOf(values),
        }
        yield* all(table.items('Query', query), toCheckpoint)
      }
    },

    all(reactor, after) {
      // The partition key is the resource, which spreads a reactor's items. Listing them needs a
      // scan.
      const scan = {
        FilterExpression: 'reactor = :reactor',
        ExpressionAttributeValues: itemOf({ ':reactor': reactor }),
        ConsistentRead: true,
      }
      const first = after === undefined ? undefined : itemOf({ id: after, reactor })
      return all(table.items('Scan', scan, first), toCheckpoint)
    },

    async forget(reactor) {
      let keys: object[] = []
      for await (const { id } of this.all(reactor)) {
        keys.push({ id, reactor })
        if (keys.length < REMOVED_TOGETHER) continue
        await table.remove(keys)
        keys = []
      }
      await table.remove([...keys, { id: RECORDS, reactor: MARK + reactor }])
    },
  }
}

/** Returns the index key of a checkpoint. Only checkpoints with `due` are in the index. */
function waiting({ reactor, id, due }: Checkpoint): { readonly waiting?: string } {
  if (due === undefined) return {}
  const sum = [...id].reduce((total, letter) => total + letter.charCodeAt(0), 0)
  return { waiting: waitingIn(reactor, sum % PARTS.length) }
}

function waitingIn(reactor: string, part: number): string {
  return `${reactor}#${part}`
}

function toCheckpoint({ writer: _, waiting: __, ...item }: Values): Checkpoint {
  return checkpointOf(item)
}

/** @throws TypeError if the item is not a reactor's record */
function toRecord({ writer: _, id: __, ...item }: Values): ReactorRecord {
  const { reactor, began, paused, reconciler, revision } = item
  const isRecord =
    typeof reactor === 'string' && typeof began === 'string' && typeof revision === 'number'
  if (!isRecord || !isReconcilerState(reconciler) || !isPause(paused)) {
    throw new TypeError('The item is not the record of a reactor')
  }
  return { reactor: reactor.slice(MARK.length), began, paused, reconciler, revision }
}

function isPause(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string'
}

function isReconcilerState(value: unknown): value is ReconcilerState {
  return (
    isPlainObject(value) &&
    ['asked', 'served', 'generation'].every((name) => typeof value[name] === 'number')
  )
}
