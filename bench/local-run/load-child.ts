// Sends one kind of request to a local run from concurrent clients, and prints the result as a line
// of JSON. Has its own process, so that it shares no thread with the run.
import { Agent, request } from 'node:http'
import { parseArgs } from 'node:util'

export interface LoadResult {
  /** The number of answers, and the number of answers with errors. */
  readonly count: number
  readonly failed: number
  readonly seconds: number
  /** The time of an answer, in milliseconds. */
  readonly median: number
  readonly percentile99: number
}

const ADD = `mutation Add($input: AddSeatsInput!) {
  addSeats(input: $input) { id version status quantity }
}`
const RESERVE = `mutation Reserve($input: ReserveSeatsInput!) {
  reserveSeats(input: $input) { id version status quantity }
}`
const READ = 'query Read($id: ID!) { concert(id: $id) { id version status quantity } }'
/** Enough seats for all reservations. */
const SEATS = 1_000_000

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    key: { type: 'string', default: '' },
    kind: { type: 'string', default: 'commands' },
    clients: { type: 'string', default: '16' },
    concerts: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '15' },
    'warm-up': { type: 'string', default: '5' },
  },
})
const clients = Number(values.clients)
const agent = new Agent({ keepAlive: true, maxSockets: clients })
const headers = { 'content-type': 'application/json', 'x-api-key': values.key }
const target = { agent, method: 'POST', headers }

interface Answer {
  readonly data?: { readonly [field: string]: { readonly id: string } | null } | null
  readonly errors?: readonly unknown[]
}

function ask(query: string, variables: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(values.url, target, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())))
    })
    sent.on('error', reject)
    sent.end(JSON.stringify({ query, variables }))
  })
}

/** Sends the next request. Commands alternate between reserving and adding seats. */
function next(id: string, count: number): Promise<Answer> {
  if (values.kind === 'queries') return ask(READ, { id })
  return count % 2 === 0
    ? ask(RESERVE, { input: { id, quantity: 1 } })
    : ask(ADD, { input: { id, amount: 1 } })
}

async function newConcert(): Promise<string> {
  const { data } = await ask(ADD, { input: { amount: SEATS } })
  const { id } = data?.addSeats ?? {}
  if (!id) throw new Error('The run made no concert')
  return id
}

const ids: string[] = []
for (let count = 0; count < Number(values.concerts); count += 1) ids.push(await newConcert())

const times: number[] = []
let failed = 0

async function client(index: number, end: number): Promise<void> {
  for (let count = index; performance.now() < end; count += 1) {
    const id = ids[Math.floor(Math.random() * ids.length)] ?? ''
    const sent = performance.now()
    const { errors } = await next(id, count)
    times.push(performance.now() - sent)
    if (errors) failed += 1
  }
}

/** Returns the seconds that the load took. The last answers arrive after the end. */
async function load(wanted: number): Promise<number> {
  times.length = 0
  failed = 0
  const begin = performance.now()
  const end = begin + wanted * 1000
  await Promise.all(Array.from({ length: clients }, (_, index) => client(index, end)))
  return (performance.now() - begin) / 1000
}

// Without a warm-up, the figures would include loading and compiling the functions.
await load(Number(values['warm-up']))
process.stdout.write('warm\n')
const seconds = await load(Number(values.seconds))
agent.destroy()

times.sort((one, other) => one - other)
const quantile = (share: number) => times[Math.ceil(times.length * share) - 1] ?? 0
const [median, percentile99] = [quantile(0.5), quantile(0.99)]
const result: LoadResult = { count: times.length, failed, seconds, median, percentile99 }
process.stdout.write(`${JSON.stringify(result)}\n`)
