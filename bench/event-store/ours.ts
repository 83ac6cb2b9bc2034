import { bind, dynamoDBEventStore, within } from '../../lib/event-sourcing/index.ts'
import type { Peer, Place } from './peer.ts'
import { Product } from './product.ts'

/**
 * A time limit that is never reached, in milliseconds: reads and contention are measured, not
 * limited.
 */
const TIME = 600_000

/** @param held the number of products whose state the process keeps; 0 makes every command cold */
export function ours({ client, tableName }: Place, held: number): Peer {
  // Each place needs its own class, because a class can be bound only once.
  class Stocked extends Product {}
  bind(Stocked, dynamoDBEventStore({ tableName, client }), { held })
  return {
    async restock(id) {
      await within(TIME, () => new Stocked(id).restock(1))
    },
    async hydrate(id) {
      const { version } = await within(TIME, () => Stocked.findOne(id))
      return version
    },
    all: () =>
      within(TIME, async () => {
        let count = 0
        for await (const { version } of Stocked.all()) if (version > 0) count += 1
        return count
      }),
  }
}
