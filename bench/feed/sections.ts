import { randomUUID } from 'node:crypto'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { dynamoDBCheckpointStore } from '../../lib/event-sourcing/reactions/index.ts'
import { startDynamoDB } from '../../lib/local/dynamodb/index.ts'
import { each, follow, type Row, Run, spread, until, WAIT } from './run.ts'

const indexes = (count: number) => Array.from({ length: count }, (_, index) => index)

/** Measures the time from a mutation to a watcher, one event after another. */
export async function latency(run: Run): Promise<Row[]> {
  const end = new AbortController()
  const id = await run.addSeats()
  const seen = follow(run.feed(), id, end.signal)
  await until(WAIT, async () => seen.has(1))
  const [sent, answered]: [number[], number[]] = [[], []]
  for (const number of indexes(300).map((index) => index + 2)) {
    const before = performance.now()
    await run.addSeats(id)
    const after = performance.now()
    await until(WAIT, async () => seen.has(number))
    sent.push((seen.get(number) ?? 0) - before)
    answered.push((seen.get(number) ?? 0) - after)
  }
  end.abort()
  return [
    ['mutation sent to event in the watcher, 300 events', spread(sent)],
    ['its answer to event in the watcher', spread(answered)],
  ]
}

/** Measures a thousand watchers of one feed in one process. */
export async function watchers(run: Run): Promise<Row[]> {
  const end = new AbortController()
  const ids: string[] = []
  await each(indexes(1000), 8, async () => void ids.push(await run.addSeats()))
  const before = process.memoryUsage().rss
  const began = performance.now()
  const feed = run.feed()
  const all = ids.map((id) => ({ id, seen: follow(feed, id, end.signal) }))
  await until(WAIT, async () => all.every(({ seen }) => seen.has(1)))
  const ready = performance.now() - began
  const grown = (process.memoryUsage().rss - before) / 2 ** 20
  const times: number[] = []
  for (const index of indexes(200)) {
    const { id, seen } = all[(index * 7) % all.length] ?? {
      id: '',
      seen: new Map<number, number>(),
    }
    const sent = performance.now()
    await run.addSeats(id)
    await until(WAIT, async () => seen.has(2))
    times.push((seen.get(2) ?? 0) - sent)
  }
  end.abort()
  return [
    ['1,000 watchers: all have their first event after', `${(ready / 1000).toFixed(1)} s`],
    ['1,000 watchers: memory of the client grows by', `${grown.toFixed(0)} MiB`],
    ['1,000 watchers: mutation sent to event in the watcher', spread(times)],
  ]
}

/** Measures bursts: the number of events and bookings per second. */
export async function throughput(run: Run): Promise<Row[]> {
  const end = new AbortController()
  const ids: string[] = []
  await each(indexes(20), 8, async () => void ids.push(await run.addSeats(undefined, 1000)))
  const feed = run.feed()
  const all = ids.map((id) => follow(feed, id, end.signal))
  await until(WAIT, async () => all.every((seen) => seen.has(1)))
  const began = performance.now()
  await each(indexes(2000), 16, async (index) => void (await run.addSeats(ids[index % 20])))
  const committed = performance.now() - began
  await until(WAIT, async () => all.every((seen) => seen.has(101)))
  const seen = performance.now() - began
  end.abort()
  const { rate } = await bookings(run, ids, 500)
  return [
    ['commands a second (2,000 on 20 concerts, 16 at once)', (2e6 / committed).toFixed(0)],
    ['events a second, from the commits through the feed to watchers', (2e6 / seen).toFixed(0)],
    ['bookings a second, from their placing to their confirmation (500)', rate.toFixed(0)],
  ]
}

async function bookings(run: Run, concerts: readonly string[], count: number) {
  const placed: string[] = []
  const began = performance.now()
  await each(indexes(count), 16, async (index) => {
    placed.push(await run.book(concerts[index % concerts.length] ?? ''))
  })
  await each(placed, 4, (id) => until(WAIT, () => run.isSettled(id)))
  return { rate: count / ((performance.now() - began) / 1000) }
}

/** Measures the effect of fifty parked resources on the others. */
export async function parked(): Promise<Row[]> {
  const dynamodb = await startDynamoDB()
  const run = new Run({ DYNAMODB_ENDPOINT: dynamodb.endpoint })
  try {
    await run.start()
    const concerts = await Promise.all(indexes(20).map(() => run.addSeats(undefined, 1000)))
    await bookings(run, concerts, 100)
    const without = await bookings(run, concerts, 200)
    await park(dynamodb.endpoint, 50)
    const beside = await bookings(run, concerts, 200)
    return [
      ['bookings a second without a parked resource', without.rate.toFixed(1)],
      ['bookings a second beside 50 parked resources', beside.rate.toFixed(1)],
    ]
  } finally {
    await run.remove()
    await dynamodb.stop()
  }
}

/** Writes bookings that no reactor can handle, and waits until they are parked. */
async function park(endpoint: string, count: number): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials })
  const { TableNames = [] } = await client.send(new ListTablesCommand())
  const table = (part: string) => TableNames.find((name) => name.includes(part))
  const documents = DynamoDBDocumentClient.from(client)
  for (const _ of indexes(count)) {
    const event = { type: 'BookingPlaced', concertId: randomUUID(), quantity: 'many' }
    const common = { id: randomUUID(), number: 1, created: new Date().toISOString() }
    const Item = { ...common, meta: { commandId: randomUUID() }, ...event }
    await documents.send(new PutCommand({ TableName: table('Booking'), Item }))
  }
  const checkpoints = dynamoDBCheckpointStore({ tableName: table('Checkpoints'), client })
  await until(WAIT, async () => {
    let parked = 0
    for await (const checkpoint of checkpoints.all('bookings.fulfilment')) {
      if (checkpoint.parked) parked += 1
    }
    return parked >= count
  })
  client.destroy()
}
