import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  DynamoDBDocumentClient,
  PutCommand,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/lib-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { OutcomeUnknown, StoreUnavailable } from './errors.ts'
import type { StoredEvent } from './event.ts'
import type { EventStore } from './event-store.ts'
import { storedEvent } from './stored-event.ts'

/** Options of {@link dynamoDBEventStore}. */
export interface DynamoDBEventStoreOptions {
  /**
   * The table: partition key `id` (string), sort key `number` (number). Undefined is an error at
   * first use, so that a function's file can be imported where its environment is not set.
   */
  readonly tableName: string | undefined
  /** Default: one client for all stores of the process, that gives up on a silent endpoint. */
  readonly client?: DynamoDBClient
}

/** One item per event; conditional puts; no item is ever updated or deleted. */
export function dynamoDBEventStore(options: DynamoDBEventStoreOptions): EventStore {
  const { client = sharedClient(), tableName } = options
  const documents = DynamoDBDocumentClient.from(client)
  const name = tableName ?? '(no table)'

  function table(): string {
    if (tableName) return tableName
    throw new StoreUnavailable(
      'The event store has no table name: set the environment variable that its function reads',
      { store: name },
    )
  }

  async function* pages(
    answers: AsyncIterable<{ Items?: Record<string, unknown>[] | undefined }>,
  ): AsyncGenerator<readonly StoredEvent[]> {
    try {
      for await (const { Items: items = [] } of answers) {
        if (items.length > 0) yield items.map(storedEvent)
      }
    } catch (error) {
      throw isServiceFailure(error) ? unavailable(error) : error
    }
  }

  function unavailable(cause: unknown): StoreUnavailable {
    return new StoreUnavailable(`DynamoDB could not serve ${name}`, { store: name }, { cause })
  }

  return {
    name,

    async append(event) {
      const put = new PutCommand({
        TableName: table(),
        Item: event,
        ConditionExpression: 'attribute_not_exists(id)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      })
      try {
        await documents.send(put)
        return { outcome: 'stored' }
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException && error.Item) {
          const by = storedEvent(unmarshall(error.Item))
          // The SDK repeats a put whose answer was lost: then it is our own event that is there.
          const isOurs = by.meta.commandId === event.meta.commandId
          return isOurs ? { outcome: 'stored' } : { outcome: 'taken', by }
        }
        if (!isServiceFailure(error)) throw error
        if (wasNotWritten(error)) throw unavailable(error)
        throw new OutcomeUnknown(
          'DynamoDB did not say whether it stored the event',
          { id: event.id, number: event.number, commandId: event.meta.commandId },
          { cause: error },
        )
      }
    },

    history(id, { after = 0, limit } = {}) {
      const query = paginateQuery(
        { client: documents },
        {
          TableName: table(),
          KeyConditionExpression: 'id = :id AND #number > :after',
          ExpressionAttributeNames: { '#number': 'number' },
          ExpressionAttributeValues: { ':id': id, ':after': after },
          ConsistentRead: true,
          ...(limit !== undefined && { Limit: limit }),
        },
      )
      return limit === undefined ? pages(query) : firstOf(pages(query), limit)
    },

    scan(after) {
      return pages(
        paginateScan(
          {
            client: documents,
            // No event has this number: the scan goes on with the next resource.
            ...(after !== undefined && {
              startingToken: { id: after, number: Number.MAX_SAFE_INTEGER },
            }),
          },
          { TableName: table(), ConsistentRead: true },
        ),
      )
    },
  }
}

async function* firstOf(
  pages: AsyncIterable<readonly StoredEvent[]>,
  limit: number,
): AsyncGenerator<readonly StoredEvent[]> {
  let left = limit
  for await (const page of pages) {
    yield page.slice(0, left)
    left -= page.length
    if (left <= 0) return
  }
}

let client: DynamoDBClient | undefined

/** A silent endpoint must not use up a function's whole time: DynamoDB answers in milliseconds. */
function sharedClient(): DynamoDBClient {
  client ??= new DynamoDBClient({
    requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
  })
  return client
}

interface ServiceFailure {
  readonly $metadata: { readonly httpStatusCode?: number; readonly attempts?: number }
}

/** Whatever the SDK throws for a request carries `$metadata`; anything else is a bug of ours. */
function isServiceFailure(error: unknown): error is ServiceFailure {
  return error instanceof Error && '$metadata' in error
}

/**
 * An answer of the class 4xx, throttling among them, says that this request was not carried out.
 * Of the SDK's earlier attempts at it nothing is known.
 */
function wasNotWritten({
  $metadata: { httpStatusCode: status = 0, attempts = 1 },
}: ServiceFailure) {
  return status >= 400 && status < 500 && attempts === 1
}
