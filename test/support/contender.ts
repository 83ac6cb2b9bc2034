// Runs in its own process. Sends 16 commands at once to one concert, within 10 seconds, and prints
// the outcome of each: `contender.ts ENDPOINT TABLE ID NAME`.
import {
  bind,
  dynamoDBEventStore,
  isEventSourcingError,
  within,
} from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { clientFor } from './client.ts'

const [endpoint = '', tableName, id = '', name] = process.argv.slice(2)
bind(Concert, dynamoDBEventStore({ tableName, client: clientFor(endpoint, { maxAttempts: 1 }) }))

async function command(index: number) {
  const commandId = `${name}-${index}`
  try {
    const events = await new Concert(id).reserve({ commandId })
    return { commandId, numbers: events.map(({ number }) => number) }
  } catch (error) {
    if (!isEventSourcingError(error)) throw error
    return { commandId, refused: error.code }
  }
}

const outcomes = await within(10_000, () =>
  Promise.all(Array.from({ length: 16 }, (_, index) => command(index))),
)
process.stdout.write(JSON.stringify(outcomes))
