import { randomUUID } from 'node:crypto'
import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/lib-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { StoreUnavailable } from '../../errors.ts'
import { isPlainObject } from '../../state/state.ts'
import { sharedClient } from '../../store/dynamodb/client.ts'
import type { AttemptOptions } from '../../store/dynamodb/requests.ts'
import { read } from '../../store/dynamodb/retries.ts'
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

type Item = Record<string, unknown>

interface Revised {
  readonly revision: number
}

interface Start {
  readonly TableName: string
  readonly ExclusiveStartKey: Item | undefined
}

interface Page {
  readonly Items?: Item[] | undefined
  readonly LastEvaluatedKey?: Item | undefined
}

const INDEX = 'due'
/** The partition of the reactors' records, and the prefix of their sort keys. Both are reserved. */
const RECORDS = '#reactors'
const MARK = '#'
/** The index is split into parts, so that the leases are spread over several partitions. */
const PARTS = Array.from({ length: 8 })

/**
 * Returns a checkpoint store on DynamoDB. Keeps one item per reactor and resource, and one per
 * reactor. Every write is conditional on the revision.
 */
export function dynamoDBCheckpointStore(options: DynamoDBCheckpointStoreOptions): CheckpointStore {
  const { client = sharedClient(), tableName } = options
  const documents = DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
  })
  const name = tableName ?? '(no table)'

  function table(): string {
    if (tableName) return tableName
    throw new StoreUnavailable(
      'The checkpoint store has no table name: set the environment variable that its function reads',
      { store: name },
    )
  }

  async function* pages<T>(
    of: (item: Item) => T,
    next: (start: Start, attempt: AttemptOptions) => Promise<Page>,
    first?: Item,
  ) {
    let from = first
    do {
      const start = { TableName: table(), ExclusiveStartKey: from }
      const { Items = [], LastEvaluatedKey } = await read(name, (attempt) => next(start, attempt))
      for (const item of Items) yield of(item)
      from = LastEvaluatedKey
    } while (from)
  }

  async function get<T>(key: Item, of: (item: Item) => T): Promise<T | undefined> {
    const request = { TableName: table(), Key: key, ConsistentRead: true }
    const { Item } = await read(name, (attempt) => documents.send(new GetCommand(request), attempt))
    return Item && of(Item)
  }

  /** Writes an item, if the item's revision is one higher than the stored revision. */
  async function put<T>(item: Item & Revised, of: (item: Item) => T): Promise<Put<T>> {
    const writer = randomUUID()
    const command = new PutCommand({
      TableName: table(),
      Item: { ...item, writer },
      ConditionExpression: 'attribute_not_exists(id) OR revision = :revision',
      ExpressionAttributeValues: { ':revision': item.revision - 1 },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    })
    return read(name, async (attempt): Promise<Put<T>> => {
      try {
        await documents.send(command, attempt)
        return { outcome: 'stored', stored: of(item) }
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error
        const there = error.Item && unmarshall(error.Item)
        // An earlier attempt succeeded, but its response was lost.
        if (there?.writer === writer) return { outcome: 'stored', stored: of(item) }
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
        ExpressionAttributeValues: { ':id': RECORDS },
        ConsistentRead: true,
      }
      return pages(toRecord, (start, attempt) =>
        documents.send(new QueryCommand({ ...query, ...start }), attempt),
      )
    },

    async *due(reactor, now) {
      for (const part of PARTS.keys()) {
        const query = {
          IndexName: INDEX,
          KeyConditionExpression: 'waiting = :waiting AND due <= :now',
          ExpressionAttributeValues: { ':waiting': waitingIn(reactor, part), ':now': now },
        }
        yield* pages(toCheckpoint, (start, attempt) =>
          documents.send(new QueryCommand({ ...query, ...start }), attempt),
        )
      }
    },

    all(reactor, after) {
      // The partition key is the resource, which spreads a reactor's items. Listing them needs a
      // scan.
      const scan = {
        FilterExpression: 'reactor = :reactor',
        ExpressionAttributeValues: { ':reactor': reactor },
        ConsistentRead: true,
      }
      return pages(
        toCheckpoint,
        (start, attempt) => documents.send(new ScanCommand({ ...scan, ...start }), attempt),
        after === undefined ? undefined : { id: after, reactor },
      )
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

function toCheckpoint({ writer: _, waiting: __, ...item }: Item): Checkpoint {
  return checkpointOf(item)
}

/** @throws TypeError if the item is not a reactor's record */
function toRecord({ writer: _, id: __, ...item }: Item): ReactorRecord {
  const { reactor, began, reconciler, revision } = item
  const isRecord =
    typeof reactor === 'string' && typeof began === 'string' && typeof revision === 'number'
  if (!isRecord || !isReconcilerState(reconciler)) {
    throw new TypeError('The item is not the record of a reactor')
  }
  return { reactor: reactor.slice(MARK.length), began, reconciler, revision }
}

function isReconcilerState(value: unknown): value is ReconcilerState {
  return (
    isPlainObject(value) &&
    ['asked', 'served', 'generation'].every((name) => typeof value[name] === 'number')
  )
}
