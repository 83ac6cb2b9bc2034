import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { StoreUnavailable } from '../../errors.ts'
import { Retries } from '../../runtime/time-left.ts'
import { type Item, itemOf, valuesOf } from './items.ts'
import { itemsIn, MOST_ITEMS, type Operation, send } from './requests.ts'
import { read } from './retries.ts'

/** The most items of one request of BatchWriteItem. */
const MOST_REMOVED = 25

/** The attributes of an item, as plain values. */
export type Values = Record<string, unknown>

/** Requests to one table. Retries failures until the time limit; throws StoreUnavailable then. */
export class Table {
  readonly client: DynamoDBClient
  readonly #name: string | undefined
  readonly #purpose: string

  /**
   * @param purpose the store, for the message of a missing name
   * @param name the table's name. Undefined fails at the first request
   */
  constructor(client: DynamoDBClient, purpose: string, name: string | undefined) {
    this.client = client
    this.#purpose = purpose
    this.#name = name
  }

  /** The table's name, for messages. */
  get label(): string {
    return this.#name ?? '(no table)'
  }

  /** @throws StoreUnavailable without a name */
  get name(): string {
    if (this.#name) return this.#name
    throw new StoreUnavailable(
      `${this.#purpose} has no table name: set the environment variable that its function reads`,
      { store: this.label },
    )
  }

  /** Sends a request. `of` reads the response; its error is retried if `read` retries it. */
  request<T>(operation: Operation, input: object, of: (answer: object) => T): Promise<T> {
    const body = { TableName: this.name, ...input }
    return read(this.label, async (attempt) =>
      of(await send(this.client, operation, body, attempt)),
    )
  }

  /** Returns the items of all pages of a query or scan. */
  async *items(operation: 'Query' | 'Scan', input: object, first?: Item): AsyncGenerator<Values> {
    let from = first
    do {
      const start = from && { ExclusiveStartKey: from }
      const { items, next } = await this.request(
        operation,
        { Limit: MOST_ITEMS, ...input, ...start },
        itemsIn,
      )
      for (const item of items) yield valuesOf(item)
      from = next
    } while (from)
  }

  /** Reads one item with strong consistency. */
  async get(key: object): Promise<Values | undefined> {
    const input = { Key: itemOf(key), ConsistentRead: true }
    const item = await this.request('GetItem', input, ({ Item }: { readonly Item?: Item }) => Item)
    return item && valuesOf(item)
  }

  /** Deletes the items with these keys. @throws StoreUnavailable */
  async remove(keys: readonly object[]): Promise<void> {
    for (let first = 0; first < keys.length; first += MOST_REMOVED) {
      await this.#removeTogether(keys.slice(first, first + MOST_REMOVED))
    }
  }

  async #removeTogether(keys: readonly object[]): Promise<void> {
    const retries = new Retries({ first: 50, longest: 2000, most: 10 })
    let left: readonly unknown[] = keys.map((key) => ({ DeleteRequest: { Key: itemOf(key) } }))
    do {
      const input = { RequestItems: { [this.name]: left } }
      left = await read(this.label, async (attempt) =>
        unprocessedIn(await send(this.client, 'BatchWriteItem', input, attempt), this.name),
      )
    } while (left.length > 0 && (await retries.next()))
    if (left.length === 0) return
    throw new StoreUnavailable(`DynamoDB did not delete ${left.length} items`, {
      store: this.label,
    })
  }
}

function unprocessedIn(
  answer: { readonly UnprocessedItems?: Readonly<Record<string, readonly unknown[]>> },
  table: string,
): readonly unknown[] {
  return answer.UnprocessedItems?.[table] ?? []
}
