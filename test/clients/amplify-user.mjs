// Runs unmodified Amplify with the tokens of a user in its own process: see amplify.mjs. Reads a line
// of JSON for each order: a new token, a request, the end of a subscription, or a cut of the
// connections. Prints a line of JSON for each answer and each event.
import { createInterface } from 'node:readline'
import { Amplify } from 'aws-amplify'
import { generateClient } from 'aws-amplify/api'
import { decodeJWT } from 'aws-amplify/auth'
import WebSocket from 'ws'

const [endpoint, defaultAuthMode] = process.argv.slice(2)
const sockets = []
globalThis.WebSocket = class extends WebSocket {
  constructor(...args) {
    super(...args)
    sockets.push(this)
  }
}

let token
const tokenProvider = {
  async getTokens() {
    return token === undefined ? null : { accessToken: decodeJWT(token) }
  },
}
Amplify.configure(
  { API: { GraphQL: { endpoint, region: 'us-east-1', defaultAuthMode } } },
  { Auth: { tokenProvider } },
)
const client = generateClient()

const tell = (name, about, details = {}) =>
  process.stdout.write(`${JSON.stringify({ name, about, ...details })}\n`)
const subscriptions = new Map()

async function send(name, request) {
  try {
    const result = await client.graphql(request)
    tell(name, 'answer', { data: result.data })
  } catch (error) {
    tell(name, 'failed', { error: JSON.stringify(error.errors ?? String(error)) })
  }
}

function subscribe(name, request) {
  const subscription = client.graphql(request).subscribe({
    next: ({ data }) => tell(name, 'event', { data }),
    error: (error) => tell(name, 'failed', { error: JSON.stringify(error.errors ?? error) }),
  })
  subscriptions.set(name, subscription)
}

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line)
  const { name, query, variables } = order
  if (order.token) token = order.token
  if (order.stop) subscriptions.get(order.stop)?.unsubscribe()
  if (order.cut) for (const socket of sockets.splice(0)) socket.terminate()
  const request = { query, variables }
  if (query?.startsWith('subscription')) subscribe(name, request)
  else if (query) void send(name, request)
}
process.exit(0)
