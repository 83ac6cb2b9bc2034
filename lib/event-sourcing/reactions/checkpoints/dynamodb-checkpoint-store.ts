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
import { type AttemptOptions, read } from '../../store/dynamodb/attempts.ts'
import { sharedClient } from '../../store/dynamodb/client.ts'
import { type Checkpoint, checkpointOf } from './checkpoint.ts'
import type { CheckpointStore, Put } from './checkpoint-store.ts'

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

interface Start {
  readonly TableName: string
  readonly ExclusiveStartKey: Item | undefined
}

interface Page {
  readonly Items?: Item[] | undefined
  readonly LastEvaluatedKey?: Item | undefined
}

const INDEX = 'due'
/** The index is split into parts, so that the leases are spread over several partitions. */
const PARTS = Array.from({ length: 8 })

/**
 * Returns a checkpoint store on DynamoDB. Keeps one item per reactor and resource. Every write is
 * conditional on the revision.
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

  async function* pages(
    next: (start: Start, attempt: AttemptOptions) => Promise<Page>,
    first?: Item,
  ) {
    let from = first
    do {
      const start = { TableName: table(), ExclusiveStartKey: from }
      const { Items = [], LastEvaluatedKey } = await read(name, (attempt) => next(start, attempt))
      for (const item of Items) yield fromItem(item)
      from = LastEvaluatedKey
    } while (from)
  }

  return {
    name,

    async get(reactor, id) {
      const request = { TableName: table(), Key: { reactor, id }, ConsistentRead: true }
      const { Item } = await read(name, (attempt) =>
        documents.send(new GetCommand(request), attempt),
      )
      return Item && fromItem(Item)
    },

    async put(checkpoint) {
      const next = { ...checkpoint, revision: checkpoint.revision + 1 }
      const writer = randomUUID()
      const put = new PutCommand({
        TableName: table(),
        Item: { ...next, writer, ...waiting(next) },
        ConditionExpression: 'attribute_not_exists(id) OR revision = :revision',
        ExpressionAttributeValues: { ':revision': checkpoint.revision },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      })
      return read(name, async (attempt): Promise<Put> => {
        try {
          await documents.send(put, attempt)
          return { outcome: 'stored', checkpoint: next }
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error
          const there = error.Item && unmarshall(error.Item)
          // An earlier attempt succeeded, but its response was lost.
          if (there?.writer === writer) return { outcome: 'stored', checkpoint: next }
          return { outcome: 'taken', by: there && fromItem(there) }
        }
      })
    },

    about(id) {
      const query = {
        KeyConditionExpression: 'id = :id',
        ExpressionAttributeValues: { ':id': id },
        ConsistentRead: true,
      }
      return pages((start, attempt) =>
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
        yield* pages((start, attempt) =>
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

function fromItem({ writer: _, waiting: __, ...item }: Item): Checkpoint {
  return checkpointOf(item)
}
