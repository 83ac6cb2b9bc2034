import { bind, dynamoDBEventStore, within } from '../../lib/event-sourcing/index.ts'
import type { Peer, Place } from './peer.ts'
import { Product } from './product.ts'

/** Reading and contending may take as long as they do: they are measured, not bounded. */
const TIME = 600_000

/** @param held of how many products the process keeps the state: 0 makes every command a cold one */
export function ours({ client, tableName }: Place, held: number): Peer {
  // A class of its own for each place, as a class is bound once.
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
