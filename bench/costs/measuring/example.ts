import { randomUUID } from 'node:crypto'
import type { Wire, WireItem } from '../../event-store/wire.ts'

/** Calls a function as Lambda does. */
export type Call = (event: unknown) => Promise<unknown>

export interface ExampleParts {
  readonly wire: Wire
  /** The functions that answer the mutations. */
  readonly shopping: Call
  readonly ordering: Call
  readonly orderTable: string
}

/** Makes products and orders of the example, and the events that wake its functions. */
export class Example {
  readonly #parts: ExampleParts
  #stock: readonly string[] = []

  constructor(parts: ExampleParts) {
    this.#parts = parts
  }

  /** Creates the products that orders use, each with a history. */
  async fill(products: number, events: number): Promise<readonly string[]> {
    const { shopping } = this.#parts
    this.#stock = await times(products, async () => {
      const id = await idOf(shopping(restock({ amount: 1_000_000, commandId: randomUUID() })))
      await times(events - 1, () => shopping(restocked(id)))
      return id
    })
    return this.#stock
  }

  /** Places orders of different products. Returns their first events. */
  async placed(count: number): Promise<WireItem[]> {
    const { ordering, orderTable } = this.#parts
    const items = await times(count, async (index) => {
      const product = this.#stock[index % this.#stock.length] ?? ''
      return this.itemsOf(orderTable, await idOf(ordering(orderOf(product))))
    })
    return items.flat()
  }

  /** Returns a batch of the orders' stream. */
  async batch(count: number): Promise<object> {
    const { orderTable } = this.#parts
    return { Records: (await this.placed(count)).map((item) => record(item, orderTable)) }
  }

  /** Returns the event of the dispatcher's second invocation. */
  async wakeUp(count: number): Promise<object> {
    const items = await this.placed(count)
    const events = items.map(({ id }) => ({ id: textOf(id), number: 1, type: 'OrderPlaced' }))
    return { work: 'wake', tables: { [this.#parts.orderTable]: events } }
  }

  async itemsOf(table: string, id: string): Promise<readonly WireItem[]> {
    const { Items = [] } = await this.#parts.wire.send('Query', {
      TableName: table,
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: { ':id': { S: id } },
    })
    return Items
  }

  async allItems(table: string): Promise<readonly WireItem[]> {
    const items: WireItem[] = []
    let from: WireItem | undefined
    do {
      const start = from && { ExclusiveStartKey: from }
      const answer = await this.#parts.wire.send('Scan', { TableName: table, ...start })
      items.push(...(answer.Items ?? []))
      from = answer.LastEvaluatedKey
    } while (from)
    return items
  }
}

/** Returns what invoke.js sends to a function. */
export function field(typeName: string, fieldName: string, args: object) {
  return { typeName, fieldName, arguments: args }
}

export function restock(input: object) {
  return field('Mutation', 'restockProduct', { input })
}

export function restocked(id: string) {
  return restock({ id, amount: 1, commandId: randomUUID() })
}

export function orderOf(productId: string) {
  const input = { productId, quantity: 1, commandId: randomUUID() }
  return field('Mutation', 'placeOrder', { input })
}

/** Returns a record of a table's stream. */
export function record(item: WireItem, table: string): object {
  const { id, number } = item
  return {
    eventID: randomUUID(),
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    eventSourceARN: `arn:aws:dynamodb:us-east-1:000000000000:table/${table}/stream/1`,
    dynamodb: { Keys: { id, number }, NewImage: item, SequenceNumber: '1' },
  }
}

/** Returns the text of a string attribute. */
export function textOf(attribute: unknown): string {
  const { S: text }: { readonly S?: string } = Object(attribute)
  if (text === undefined) throw new Error(`Not a string: ${JSON.stringify(attribute)}`)
  return text
}

export async function idOf(answer: Promise<unknown>): Promise<string> {
  const { result }: { result?: { id?: string } } = Object(await answer)
  if (!result?.id) throw new Error(`A command failed: ${JSON.stringify(await answer)}`)
  return result.id
}

/** Runs work several times, one after another. */
export async function times<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let index = 0; index < count; index += 1) results.push(await work(index))
  return results
}
