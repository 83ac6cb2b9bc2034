// Runs in its own process and reserves one concert until it is sold out: `reserver.ts ENDPOINT
// TABLE ID`.
import { bind, dynamoDBEventStore, isEventSourcingError } from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { clientFor } from './client.ts'

const [endpoint = '', tableName, id = ''] = process.argv.slice(2)
bind(Concert, dynamoDBEventStore({ tableName, client: clientFor(endpoint) }))

const reserved: number[] = []

async function buyer(): Promise<void> {
  for (;;) {
    try {
      const [event] = await (await Concert.findOne(id)).reserve()
      if (event) reserved.push(event.number)
    } catch (error) {
      if (isEventSourcingError(error, 'SoldOut')) return
      if (!isEventSourcingError(error, 'VersionConflict')) throw error
    }
  }
}

await Promise.all([1, 2, 3, 4].map(buyer))
process.stdout.write(JSON.stringify(reserved))
