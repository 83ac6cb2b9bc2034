import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

export interface Place {
  readonly client: DynamoDBClient
  readonly tableName: string
}

/** One way to do the work of a shop's products on a table of events. */
export interface Peer {
  /** The command: what is known of the product decides, and one event is committed. */
  restock(id: string): Promise<void>
  /** Reads a product; gives its version. */
  hydrate(id: string): Promise<number>
  /** Reads all products, or the first so many of them; gives how many it has read. */
  all(most?: number): Promise<number>
}

/** What a traced function stores with an event, beside the command's id. */
export const USUAL_META = {
  fingerprint: '0123456789ABCDEFGHIJKL',
  traceId: '1-00000000-000000000000000000000000',
}
