// Calls functions of the application as Lambda does, with X-Ray on, in their own process.
import { randomUUID } from 'node:crypto'
import { subscribe } from 'node:diagnostics_channel'
import { say, taskText } from './parent.ts'
import { type Taken, taken } from './statistics.ts'
import { Wire, type WireItem } from './wire.ts'

export interface FunctionTask {
  /** The endpoint of the emulator. */
  readonly endpoint: string
  /** The paths of the bundles. */
  readonly files: Readonly<
    Record<'commands' | 'queries' | 'bookings' | 'feed' | 'reactions', string>
  >
  readonly environment: Readonly<Record<string, string>>
  readonly rounds: number
}

export interface FunctionResult {
  readonly name: string
  /** The number of events of one invocation. */
  readonly events: number
  readonly all: readonly Taken[]
  /** The number of requests of the last invocation. */
  readonly requests: number
}

type Handler = (event: unknown, context: object) => Promise<unknown>

/** The number of invocations before, so that all code is loaded and compiled. */
const WARM_UPS = 300
/** The number of records in a batch of a stream. */
const BATCH = 10

const { endpoint, files, environment, rounds }: FunctionTask = JSON.parse(taskText())
// The bundles read the environment when they are imported.
Object.assign(process.env, environment)
// The functions write logs and metrics.
process.stdout.write = () => true
const wire = new Wire(endpoint)
const bookingTable = environment.BOOKING_TABLE ?? ''
const context = { getRemainingTimeInMillis: () => 60_000 }

let sent = 0
const countRequest = () => {
  sent += 1
}
// Node.js names these channels for its own client and for fetch.
for (const channel of ['http.client.request.start', 'undici:request:create']) {
  subscribe(channel, countRequest)
}

async function handlerIn(file: string): Promise<(event: unknown) => Promise<unknown>> {
  const { handler }: { readonly handler: Handler } = await import(file)
  return (event) => handler(event, context)
}

function field(typeName: string, fieldName: string, args: object) {
  return { typeName, fieldName, arguments: args }
}

const [commands, queries, bookings, feed, reactions] = await Promise.all([
  handlerIn(files.commands),
  handlerIn(files.queries),
  handlerIn(files.bookings),
  handlerIn(files.feed),
  handlerIn(files.reactions),
])

/** Runs a command. Returns the id of its resource. */
async function idOf(answer: Promise<unknown>): Promise<string> {
  const { result }: { result?: { id?: string } } = Object(await answer)
  if (!result?.id) throw new Error(`A command failed: ${JSON.stringify(await answer)}`)
  return result.id
}

const addSeats = (input: object) => commands(field('Mutation', 'addSeats', { input }))

/** Places bookings of different concerts. Returns their ids. */
function placed(): Promise<string[]> {
  const ids = Array.from({ length: BATCH }, async () => {
    const concertId = await idOf(addSeats({ amount: 5, commandId: randomUUID() }))
    const input = { concertId, quantity: 1, commandId: randomUUID() }
    return idOf(bookings(field('Mutation', 'placeBooking', { input })))
  })
  return Promise.all(ids)
}

/** Returns a batch of the table's stream, as the feed receives it. */
async function streamBatch(): Promise<object> {
  const items = await Promise.all(
    (await placed()).map(async (id) => {
      const { Items = [] } = await wire.send('Query', {
        TableName: bookingTable,
        KeyConditionExpression: 'id = :id',
        ExpressionAttributeValues: { ':id': { S: id } },
      })
      return Items
    }),
  )
  return { Records: items.flat().map(record) }
}

/** Returns the new events of a batch, as the dispatcher passes them to itself. */
async function wakeUp(): Promise<object> {
  const events = (await placed()).map((id) => ({ id, number: 1, type: 'BookingPlaced' }))
  return { work: 'wake', tables: { [bookingTable]: events } }
}

function record(item: WireItem, index: number): object {
  const { id, number } = item
  return {
    eventID: randomUUID(),
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    eventSourceARN: `arn:aws:dynamodb:us-east-1:000000000000:table/${bookingTable}/stream/1`,
    dynamodb: { Keys: { id, number }, NewImage: item, SequenceNumber: `${index + 1}` },
  }
}

/** Measures an invocation many times. `prepare` returns its event. */
async function measured(
  name: string,
  events: number,
  handler: (event: unknown) => Promise<unknown>,
  prepare: () => unknown,
): Promise<void> {
  const all: Taken[] = []
  let requests = 0
  for (let round = -WARM_UPS / events; round < rounds / events; round += 1) {
    const event = await prepare()
    const before = sent
    const took = await taken(() => handler(event))
    if (round >= 0) all.push(took)
    requests = sent - before
  }
  const result: FunctionResult = { name, events, all, requests }
  say(result)
}

const id = await idOf(addSeats({ amount: 5, commandId: randomUUID() }))
await measured('query of one resource', 1, queries, () => field('Query', 'concert', { id }))
await measured('command', 1, commands, () => {
  const input = { id, amount: 1, commandId: randomUUID() }
  return field('Mutation', 'addSeats', { input })
})
await measured(`feed, ${BATCH} events`, BATCH, feed, streamBatch)
await measured(`reactions to ${BATCH} events, each commits two events`, BATCH, reactions, wakeUp)
wire.destroy()
process.disconnect()
