import { randomUUID } from 'node:crypto'
import {
  DynamoDBDocumentClient,
  PutCommand,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/lib-dynamodb'
import { type Peer, type Place, USUAL_META } from './peer.ts'

class Stock {
  version = 0
  quantity = 0

  apply(event: Record<string, unknown>): void {
    if (event.type === 'ProductRestocked') this.quantity += Number(event.amount)
    if (event.type === 'ProductReserved') this.quantity -= 1
    this.version = Number(event.number)
  }
}

/**
 * The algorithm that this project began with, with the SDK's document client. Reads the whole
 * history page by page and folds it, then puts the event conditionally. Reads all resources with a
 * scan of the table, page by page. Keeps no state.
 */
export function original({ client, tableName }: Place): Peer {
  const documents = DynamoDBDocumentClient.from(client)
  const table = { TableName: tableName, ConsistentRead: true }

  async function stock(id: string): Promise<Stock> {
    const found = new Stock()
    const query = { KeyConditionExpression: 'id = :id', ExpressionAttributeValues: { ':id': id } }
    for await (const { Items = [] } of paginateQuery({ client: documents }, { ...table, ...query }))
      for (const item of Items) found.apply(item)
    return found
  }

  return {
    async restock(id) {
      const { version } = await stock(id)
      const number = version + 1
      const meta = { commandId: randomUUID(), ...USUAL_META }
      const created = new Date().toISOString()
      const Item = { id, number, type: 'ProductRestocked', created, amount: 1, meta }
      const ConditionExpression = 'attribute_not_exists(id)'
      await documents.send(new PutCommand({ TableName: tableName, Item, ConditionExpression }))
    },
    hydrate: async (id) => (await stock(id)).version,
    async all() {
      const stocks = new Map<unknown, Stock>()
      // The paginator changes its input, so it gets a copy.
      for await (const { Items = [] } of paginateScan({ client: documents }, { ...table })) {
        for (const item of Items) {
          const found = stocks.get(item.id) ?? new Stock()
          found.apply(item)
          stocks.set(item.id, found)
        }
      }
      return stocks.size
    },
  }
}
