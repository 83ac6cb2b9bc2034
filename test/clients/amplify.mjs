// Runs unmodified Amplify in its own process. NODE_EXTRA_CA_CERTS makes the process trust the
// certificate: Node.js reads the variable only at the start. Prints a line of JSON for each
// observation.
import { Amplify } from 'aws-amplify'
import { generateClient } from 'aws-amplify/api'
import WebSocket from 'ws'

// Node.js 20 has no WebSocket.
globalThis.WebSocket ??= WebSocket

const [endpoint, apiKey] = process.argv.slice(2)
const tell = (about, details = {}) =>
  process.stdout.write(`${JSON.stringify({ about, ...details })}\n`)

Amplify.configure({
  API: { GraphQL: { endpoint, apiKey, region: 'us-east-1', defaultAuthMode: 'apiKey' } },
})
const client = generateClient()

async function opened() {
  const query = 'mutation { addSeats(input: { amount: 1 }) { id } }'
  return (await client.graphql({ query })).data.addSeats.id
}

try {
  const id = await opened()
  const query = `subscription ($id: ID!) { onConcertEvent(id: $id) { number type } }`
  const subscription = client.graphql({ query, variables: { id } }).subscribe({
    next: ({ data }) => tell('event', data.onConcertEvent),
    error: ({ error, errors }) => tell('refused', { error: String(error ?? errors?.[0]?.message) }),
  })
  tell('concert', { id })
  process.stdin.once('data', () => {
    subscription.unsubscribe()
    tell('unsubscribed')
    process.stdin.once('data', () => process.exit(0))
  })
} catch (error) {
  tell('failed', { error: error.errors?.[0]?.message ?? String(error) })
  process.exit(0)
}
