// Runs in its own process and adds a seat to one concert. Jest wraps the errors of Node.js's
// sockets, so only a separate process shows how they are handled.
// `seat-adder.ts ENDPOINT TABLE ID MAX_ATTEMPTS MILLISECONDS`
import {
  bind,
  dynamoDBEventStore,
  isEventSourcingError,
  within,
} from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { clientFor } from './client.ts'

const [endpoint = '', tableName, id = '', maxAttempts, time] = process.argv.slice(2)
const client = clientFor(endpoint, {
  maxAttempts: Number(maxAttempts),
  requestHandler: { requestTimeout: 500, throwOnRequestTimeout: true },
})
bind(Concert, dynamoDBEventStore({ tableName, client }))

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

const adding = within(Number(time), () => new Concert(id).addSeats(1, { commandId: 'once' }))
const outcome = await adding.then(
  ([event]) => ({ code: 'committed', data: { number: event?.number }, cause: undefined }),
  (error: unknown) => {
    if (!isEventSourcingError(error)) throw error
    return { code: error.code, data: error.data, cause: codeOf(error.cause) }
  },
)
client.destroy()
process.stdout.write(JSON.stringify(outcome))
