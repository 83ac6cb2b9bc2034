import { randomUUID } from 'node:crypto'
import { EVENT_STORE_ID } from './castore.ts'
import { USUAL_META } from './peer.ts'
import type { Wire, WireItem } from './wire.ts'

/** The format of stored events: ours, which the original's algorithm reads too, or Castore's. */
export type Format = 'ours' | 'castore'

/** The maximum number of items in a BatchWriteItem request. */
const BATCH = 25
const BATCHES_AT_ONCE = 6

/** Tables of events, without streams, and their resources. Each is created on first use. */
export class Stores {
  readonly #wire: Wire
  readonly #tables = new Map<string, Promise<string>>()
  readonly #resources = new Map<string, string[]>()

  constructor(wire: Wire) {
    this.#wire = wire
  }

  /** @param purpose sections with the same purpose share the table */
  table(format: Format, purpose = 'histories'): Promise<string> {
    const key = `${format}-${purpose}`.replaceAll(' ', '-')
    const table = this.#tables.get(key) ?? this.#create(key, format)
    this.#tables.set(key, table)
    return table
  }

  /** Returns the ids of `count` resources that were created with this number of events each. */
  async resources(format: Format, events: number, count = 1, purpose?: string): Promise<string[]> {
    const table = await this.table(format, purpose)
    const key = `${table}/${events}`
    const ids = this.#resources.get(key) ?? []
    this.#resources.set(key, ids)
    const more = Array.from({ length: Math.max(0, count - ids.length) }, () => randomUUID())
    await this.#seed(table, format, more, events)
    ids.push(...more)
    return ids.slice(0, count)
  }

  async #create(name: string, format: Format): Promise<string> {
    const [id, number] = format === 'ours' ? ['id', 'number'] : ['aggregateId', 'version']
    const attribute = (AttributeName: string, AttributeType: string) => ({
      AttributeName,
      AttributeType,
    })
    const key = (hash: string | undefined, range: string | undefined) => [
      { AttributeName: hash, KeyType: 'HASH' },
      { AttributeName: range, KeyType: 'RANGE' },
    ]
    const index = {
      IndexName: 'initialEvents',
      KeySchema: key('eventStoreId', 'timestamp'),
      Projection: { ProjectionType: 'KEYS_ONLY' },
    }
    await this.#wire.send('CreateTable', {
      TableName: name,
      KeySchema: key(id, number),
      AttributeDefinitions: [
        attribute(`${id}`, 'S'),
        attribute(`${number}`, 'N'),
        ...(format === 'castore'
          ? [attribute('eventStoreId', 'S'), attribute('timestamp', 'S')]
          : []),
      ],
      BillingMode: 'PAY_PER_REQUEST',
      ...(format === 'castore' && { GlobalSecondaryIndexes: [index] }),
    })
    return name
  }

  async #seed(table: string, format: Format, ids: readonly string[], events: number) {
    const items = itemsOf(format, ids, events)
    const writer = async () => {
      for (;;) {
        const batch = items.take(BATCH)
        if (batch.length === 0) return
        const requests = batch.map((Item) => ({ PutRequest: { Item } }))
        let left: Record<string, readonly unknown[]> = { [table]: requests }
        while (Object.keys(left).length > 0) {
          const { UnprocessedItems = {} } = await this.#wire.send('BatchWriteItem', {
            RequestItems: left,
          })
          left = UnprocessedItems
        }
      }
    }
    await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, writer))
  }
}

/** Returns a queue of the events of several resources, for concurrent writers. */
function itemsOf(format: Format, ids: readonly string[], events: number) {
  let next = 0
  return {
    take(most: number): WireItem[] {
      const first = next
      next = Math.min(next + most, ids.length * events)
      return Array.from({ length: next - first }, (_, offset) => {
        const index = first + offset
        const id = ids[Math.floor(index / events)] ?? ''
        return itemOf(format, id, (index % events) + 1)
      })
    },
  }
}

/** Returns an event that restocks a product, with all attributes of our events. */
function itemOf(format: Format, id: string, number: number): WireItem {
  const commandId = { S: randomUUID() }
  const [fingerprint, traceId] = [{ S: USUAL_META.fingerprint }, { S: USUAL_META.traceId }]
  const meta = { M: { commandId, fingerprint, traceId } }
  const amount = { N: '1' }
  const type = { S: 'ProductRestocked' }
  const created = { S: '2030-01-01T00:00:00.000Z' }
  if (format === 'ours')
    return { id: { S: id }, number: { N: `${number}` }, type, created, amount, meta }
  return {
    aggregateId: { S: `${EVENT_STORE_ID}#${id}` },
    version: { N: `${number}` },
    type,
    timestamp: created,
    payload: { M: { amount } },
    metadata: meta,
    ...(number === 1 && { eventStoreId: { S: EVENT_STORE_ID } }),
  }
}
