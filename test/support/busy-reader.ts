// Runs in its own process and spends some time on each concert. Jest tolerates a rejection that is
// handled late; Node.js does not. `busy-reader.ts ENDPOINT TABLE MILLISECONDS`
import { setTimeout as delay } from 'node:timers/promises'
import { bind, dynamoDBEventStore, isEventSourcingError } from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { clientFor } from './client.ts'

const [endpoint = '', tableName, time] = process.argv.slice(2)
const client = clientFor(endpoint, { maxAttempts: 1 })
bind(Concert, dynamoDBEventStore({ tableName, client }))

try {
  for await (const _ of Concert.all()) await delay(Number(time))
} catch (error) {
  if (!isEventSourcingError(error)) throw error
  process.stdout.write(error.code)
}
client.destroy()
