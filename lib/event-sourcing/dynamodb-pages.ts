import {
  type AttributeValue,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
  ScanCommand,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import { type AttemptOptions, type Reader, read } from './dynamodb-attempts.ts'
import type { StoredEvent } from './event.ts'
import { storedEvent } from './stored-event.ts'

/** No page of 1 MB has more: a larger limit is none, and DynamoDB takes none over 32 bits. */
export const MOST_EVENTS = 100_000

/** One answer to a query or a scan. */
export interface EventPage {
  readonly events: readonly StoredEvent[]
  /** What it cost: one for each 4 KB that were read. */
  readonly units: number
  /** Where the next page begins. Undefined on the last one. */
  readonly next: Record<string, AttributeValue> | undefined
}

type Item = Record<string, AttributeValue>
/** Where the items of an answer go. */
interface Received {
  items: readonly Item[]
}

type Answer = Pick<QueryCommandOutput, 'ConsumedCapacity' | 'LastEvaluatedKey'>

const ALWAYS = { ConsistentRead: true, ReturnConsumedCapacity: 'TOTAL' } as const

/** Reads pages of events from one table, strongly consistent. */
export class Pages {
  readonly #client: DynamoDBClient
  readonly #tableName: string

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client
    this.#tableName = tableName
  }

  /**
   * A page of one resource's events.
   * @throws StoreUnavailable
   */
  query(input: EventQuery, reader?: Reader): Promise<EventPage> {
    const { id, after = 0, upTo, from, ...rest } = input
    const values = { ':id': id, ':after': after, ...(upTo !== undefined && { ':upTo': upTo }) }
    // BETWEEN includes both of its ends.
    const range = upTo === undefined ? '> :after' : 'BETWEEN :after AND :upTo'
    const request: QueryCommandInput = {
      TableName: this.#tableName,
      KeyConditionExpression: `id = :id AND #number ${range}`,
      ExpressionAttributeNames: { '#number': 'number' },
      ExpressionAttributeValues: marshall({
        ...values,
        ':after': upTo === undefined ? after : after + 1,
      }),
      ...ALWAYS,
      ...(from && { ExclusiveStartKey: from }),
      ...rest,
    }
    return this.#read(reader, (received, options) => {
      const command = new QueryCommand(request)
      command.middlewareStack.add(receive(received), RECEIVE)
      return this.#client.send(command, options)
    })
  }

  /**
   * A page of all resources' events.
   * @throws StoreUnavailable
   */
  scan(input: Omit<ScanCommandInput, 'TableName'>): Promise<EventPage> {
    const request = { TableName: this.#tableName, ...ALWAYS, ...input }
    return this.#read(undefined, (received, options) => {
      const command = new ScanCommand(request)
      command.middlewareStack.add(receive(received), RECEIVE)
      return this.#client.send(command, options)
    })
  }

  async #read(
    reader: Reader | undefined,
    send: (received: Received, options: AttemptOptions) => Promise<Answer>,
  ): Promise<EventPage> {
    const { items, next, units } = await read(
      this.#tableName,
      async (options) => {
        const received: Received = { items: [] }
        const { LastEvaluatedKey, ConsumedCapacity } = await send(received, options)
        const units = ConsumedCapacity?.CapacityUnits ?? 1
        return { items: received.items, next: LastEvaluatedKey, units }
      },
      reader,
    )
    return { events: items.map((item) => storedEvent(plain(item))), next, units }
  }
}

export interface EventQuery {
  readonly id: string
  /** Only events with a higher number. Default: 0. */
  readonly after?: number
  /** Only events with no higher number. Default: to the end. */
  readonly upTo?: number
  /** The next page of the same query. */
  readonly from?: Item | undefined
  readonly Limit?: number
  readonly ScanIndexForward?: boolean
}

const RECEIVE = { step: 'deserialize', priority: 'low', name: 'receiveItems' } as const

/**
 * Takes the items out of an answer before the SDK sees it. The SDK's own way takes several times as
 * long as the request itself: it walks all attributes by a schema, then again to make them plain.
 * Everything else, from signing to errors, stays the SDK's.
 */
function receive(received: Received) {
  return <Args, Result extends { response: unknown }>(next: (args: Args) => Promise<Result>) =>
    async (args: Args): Promise<Result> => {
      const result = await next(args)
      const { response } = result
      if (!isAnswer(response)) return result
      const chunks: Uint8Array[] = []
      for await (const chunk of response.body) chunks.push(chunk)
      const answer: unknown = JSON.parse(Buffer.concat(chunks).toString())
      // Without items it is not DynamoDB's: taken for an empty page, it would hide a history.
      if (!hasItems(answer)) throw new SyntaxError('The answer to a read has no list of items')
      const { Items, ...rest } = answer
      received.items = Items
      Object.assign(response, { body: Buffer.from(JSON.stringify(rest)) })
      return result
    }
}

function isAnswer(response: unknown): response is { readonly body: AsyncIterable<Uint8Array> } {
  if (typeof response !== 'object' || response === null) return false
  if (!('statusCode' in response) || response.statusCode !== 200) return false
  const body = 'body' in response ? response.body : undefined
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}

function hasItems(answer: unknown): answer is { readonly Items: readonly Item[] } {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'Items' in answer &&
    Array.isArray(answer.Items)
  )
}

/** The values that events hold. Anything else was put there by somebody else: the SDK knows it. */
function plain(item: Item): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const name in item) {
    const value = item[name]
    if (value) values[name] = plainValue(value)
  }
  return values
}

function plainValue(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S
  if (value.N !== undefined) {
    const number = Number(value.N)
    const isExact = Number.isSafeInteger(number) || !Number.isInteger(number)
    return isExact ? number : unmarshall({ value }).value
  }
  if (value.M !== undefined) return plain(value.M)
  if (value.L !== undefined) return value.L.map(plainValue)
  if (value.BOOL !== undefined) return value.BOOL
  return value.NULL === true ? null : unmarshall({ value }).value
}
