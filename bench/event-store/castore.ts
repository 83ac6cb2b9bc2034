import { randomUUID } from 'node:crypto'
import { Command, EventStore, EventType, tuple } from '@castore/core'
import { DynamoDBSingleTableEventStorageAdapter } from '@castore/event-storage-adapter-dynamodb'
import { type Peer, type Place, USUAL_META } from './peer.ts'

/** The id of the event store, which is part of every key. */
export const EVENT_STORE_ID = 'PRODUCTS'

interface Stock {
  readonly aggregateId: string
  readonly version: number
  readonly quantity: number
}

interface Metadata {
  readonly commandId: string
  readonly fingerprint: string
  readonly traceId: string
}

const restocked = new EventType<'ProductRestocked', { readonly amount: number }, Metadata>({
  type: 'ProductRestocked',
})
const reserved = new EventType<'ProductReserved', never, Metadata>({ type: 'ProductReserved' })

/** The number of aggregates that `all` reads concurrently. */
const AT_ONCE = 16

/** @param retries the number of retries of a command when another writer was first */
export function castore({ client, tableName }: Place, retries = 2): Peer {
  const products = new EventStore({
    eventStoreId: EVENT_STORE_ID,
    eventTypes: [restocked, reserved],
    eventStorageAdapter: new DynamoDBSingleTableEventStorageAdapter({
      tableName,
      dynamoDBClient: client,
    }),
    reducer: (stock: Stock, event): Stock => {
      const { aggregateId, version } = event
      const { quantity = 0 } = stock ?? {}
      const change = event.type === 'ProductRestocked' ? event.payload.amount : -1
      return { aggregateId, version, quantity: quantity + change }
    },
  })
  const restock = new Command({
    commandId: 'RESTOCK_PRODUCT',
    requiredEventStores: tuple(products),
    eventAlreadyExistsRetries: retries,
    handler: async ({ id }: { readonly id: string }, [store]) => {
      const { aggregate } = await store.getAggregate(id)
      await store.pushEvent({
        aggregateId: id,
        version: (aggregate?.version ?? 0) + 1,
        type: 'ProductRestocked',
        payload: { amount: 1 },
        metadata: { commandId: randomUUID(), ...USUAL_META },
      })
    },
  })

  async function ids(): Promise<string[]> {
    const found: string[] = []
    let pageToken: string | undefined
    do {
      const { aggregateIds, nextPageToken } = await products.listAggregateIds({
        ...(pageToken && { pageToken }),
      })
      found.push(...aggregateIds.map(({ aggregateId }) => aggregateId))
      pageToken = nextPageToken
    } while (pageToken)
    return found
  }

  return {
    restock: (id) => restock.handler({ id }, [products]),
    async hydrate(id) {
      const { aggregate } = await products.getAggregate(id)
      return aggregate?.version ?? 0
    },
    async all(most) {
      const wanted = (await ids()).slice(0, most)
      const left = [...wanted]
      const reader = async () => {
        for (let id = left.pop(); id !== undefined; id = left.pop()) await products.getAggregate(id)
      }
      await Promise.all(Array.from({ length: AT_ONCE }, reader))
      return wanted.length
    },
  }
}
