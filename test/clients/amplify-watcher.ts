// Runs a watcher over unmodified Amplify in its own process: see amplify.mjs. Cuts its connections
// for each line that it reads.
import { Amplify } from 'aws-amplify'
import { generateClient } from 'aws-amplify/api'
import WebSocket from 'ws'
import {
  amplifyTransport,
  type EventFeedOptions,
  eventFeed,
  isApiError,
} from '../../lib/client/index.ts'

type Fields = EventFeedOptions<{
  id: string
  number: number
  type: string
  created: string
  amount: number
  typo: null
}>['fields']

const sockets: WebSocket[] = []
class Known extends WebSocket {
  constructor(...args: ConstructorParameters<typeof WebSocket>) {
    super(...args)
    sockets.push(this)
  }
}
Object.assign(globalThis, { WebSocket: Known })

const [endpoint = '', apiKey = '', id = '', wanted] = process.argv.slice(2)
const fields: Fields = wanted === 'typo' ? ['typo'] : ['amount']
const tell = (about: string, details: object) =>
  process.stdout.write(`${JSON.stringify({ about, ...details })}\n`)

const GraphQL = { endpoint, apiKey, region: 'us-east-1', defaultAuthMode: 'apiKey' } as const
Amplify.configure({ API: { GraphQL } })
const transport = amplifyTransport(generateClient())
const concerts = eventFeed({ transport, resource: 'Concert', fields, pollInterval: 2_000 })
process.stdin.on('data', () => {
  for (const socket of sockets.splice(0)) socket.terminate()
  tell('cut', {})
})

try {
  for await (const { number } of concerts.watchEvents({ id })) tell('event', { number })
} catch (error) {
  tell('failed', { error: isApiError(error) ? error.code : String(error) })
  process.exit(0)
}
