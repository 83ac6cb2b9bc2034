import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

export interface Place {
  readonly client: DynamoDBClient
  readonly tableName: string
}

/** An implementation of a shop's products on a table of events. */
export interface Peer {
  /** Runs the command: decides with the state of the product, and commits one event. */
  restock(id: string): Promise<void>
  /** Reads a product. Returns its version. */
  hydrate(id: string): Promise<number>
  /** Reads all products, or at most `most`. Returns the number of products that were read. */
  all(most?: number): Promise<number>
}

/** The metadata that a traced function stores with an event, in addition to the command's id. */
export const USUAL_META = {
  fingerprint: '0123456789ABCDEFGHIJKL',
  traceId: '1-00000000-000000000000000000000000',
}
