// Runs in its own process and restocks one product. Jest wraps the errors of Node.js's sockets, so
// only a separate process shows how they are handled. `restocker.ts ENDPOINT TABLE ID MAX_ATTEMPTS
// MILLISECONDS`
import {
  bind,
  dynamoDBEventStore,
  isEventSourcingError,
  within,
} from '../../lib/event-sourcing/index.ts'
import { Product } from '../../lib/shopping/index.ts'
import { clientFor } from './client.ts'

const [endpoint = '', tableName, id = '', maxAttempts, time] = process.argv.slice(2)
const client = clientFor(endpoint, {
  maxAttempts: Number(maxAttempts),
  requestHandler: { requestTimeout: 500, throwOnRequestTimeout: true },
})
bind(Product, dynamoDBEventStore({ tableName, client }))

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

const restocking = within(Number(time), () => new Product(id).restock(1, { commandId: 'once' }))
const outcome = await restocking.then(
  ([event]) => ({ code: 'committed', data: { number: event?.number }, cause: undefined }),
  (error: unknown) => {
    if (!isEventSourcingError(error)) throw error
    return { code: error.code, data: error.data, cause: codeOf(error.cause) }
  },
)
client.destroy()
process.stdout.write(JSON.stringify(outcome))
