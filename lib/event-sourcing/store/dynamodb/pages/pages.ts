import type { DynamoDBClient, QueryCommandInput, ScanCommandInput } from '@aws-sdk/client-dynamodb'
import type { StoredEvent } from '../../../event.ts'
import { eventOf, type Item, itemOf } from '../items.ts'
import { type Items, itemsIn, send } from '../requests.ts'
import { type ReadConsumer, read } from '../retries.ts'
import { DecodedPage, decodedPage } from './page-decoder.ts'

/**
 * The maximum limit. A page of 1 MB holds fewer events, and DynamoDB accepts only 32-bit limits.
 */
export const MOST_EVENTS = 100_000

/** One response to a query or a scan. */
export interface EventPage {
  readonly events: readonly StoredEvent[]
  /** The consumed capacity: one unit per 4 KB read. */
  readonly units: number
  /** The start of the next page. Undefined on the last page. */
  readonly next: Item | undefined
}

const ALWAYS = { ConsistentRead: true, ReturnConsumedCapacity: 'TOTAL' } as const

/** Reads pages of events from one table with strong consistency. */
export class Pages {
  readonly #client: DynamoDBClient
  readonly #tableName: string

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client
    this.#tableName = tableName
  }

  /**
   * Returns a page of one resource's events.
   * @throws StoreUnavailable
   */
  query(input: EventQuery, reader?: ReadConsumer): Promise<EventPage> {
    const { id, after = 0, upTo, from, ...rest } = input
    const values = { ':id': id, ':after': after, ...(upTo !== undefined && { ':upTo': upTo }) }
    // BETWEEN includes both ends.
    const range = upTo === undefined ? '> :after' : 'BETWEEN :after AND :upTo'
    return this.#read('Query', reader, {
      KeyConditionExpression: `id = :id AND #number ${range}`,
      ExpressionAttributeNames: { '#number': 'number' },
      ExpressionAttributeValues: itemOf({
        ...values,
        ':after': upTo === undefined ? after : after + 1,
      }),
      ...(from && { ExclusiveStartKey: from }),
      ...rest,
    })
  }

  /**
   * Returns a page of all resources' events.
   * @throws StoreUnavailable
   */
  scan(input: Omit<ScanCommandInput, 'TableName'>): Promise<EventPage> {
    return this.#read('Scan', undefined, input)
  }

  /**
   * Returns a page of an index, which is only eventually consistent.
   * @throws StoreUnavailable
   */
  index(input: Omit<QueryCommandInput, 'TableName'>): Promise<Items> {
    const request = { TableName: this.#tableName, ...input }
    return read(this.#tableName, async (options) =>
      itemsIn(await send(this.#client, 'Query', request, options)),
    )
  }

  async #read(
    operation: 'Query' | 'Scan',
    reader: ReadConsumer | undefined,
    input: object,
  ): Promise<EventPage> {
    const request = { TableName: this.#tableName, ...ALWAYS, ...input }
    return read(
      this.#tableName,
      async (options) => pageOf(await send(this.#client, operation, request, options, decodedPage)),
      reader,
    )
  }
}

export interface EventQuery {
  readonly id: string
  /** Returns only events with a higher number. Default: 0. */
  readonly after?: number
  /** Returns only events up to this number. Default: to the end. */
  readonly upTo?: number
  /** The start of the next page of the same query. */
  readonly from?: Item | undefined
  readonly Limit?: number
  readonly ScanIndexForward?: boolean
}

function pageOf(received: object): EventPage {
  const isDecoded = received instanceof DecodedPage
  const { items, next, units } = itemsIn(isDecoded ? received.rest : received)
  return { events: isDecoded ? received.events : items.map(eventOf), next, units }
}
