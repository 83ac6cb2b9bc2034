import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { startDynamoDB } from '../../lib/local/dynamodb/index.ts'
import { each, follow, Run, spread, until } from './run.ts'

export type Row = readonly [what: string, figure: string]

const WAIT = 60_000
const indexes = (count: number) => Array.from({ length: count }, (_, index) => index)

/** From a mutation to a watcher, one event after the other. */
export async function latency(run: Run): Promise<Row[]> {
  const end = new AbortController()
  const id = await run.restock()
  const seen = follow(run.feed(), id, end.signal)
  await until(WAIT, async () => seen.has(1))
  const [sent, answered]: [number[], number[]] = [[], []]
  for (const number of indexes(300).map((index) => index + 2)) {
    const before = performance.now()
    await run.restock(id)
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

/** A thousand watchers of one feed in one process. */
export async function watchers(run: Run): Promise<Row[]> {
  const end = new AbortController()
  const ids: string[] = []
  await each(indexes(1000), 8, async () => void ids.push(await run.restock()))
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
    await run.restock(id)
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

/** Bursts: how many events and orders come through in a second. */
export async function throughput(run: Run): Promise<Row[]> {
  const end = new AbortController()
  const ids: string[] = []
  await each(indexes(20), 8, async () => void ids.push(await run.restock(undefined, 1000)))
  const feed = run.feed()
  const all = ids.map((id) => follow(feed, id, end.signal))
  await until(WAIT, async () => all.every((seen) => seen.has(1)))
  const began = performance.now()
  await each(indexes(2000), 16, async (index) => void (await run.restock(ids[index % 20])))
  const committed = performance.now() - began
  await until(WAIT, async () => all.every((seen) => seen.has(101)))
  const seen = performance.now() - began
  end.abort()
  const { rate } = await orders(run, ids, 500)
  return [
    ['commands a second (2,000 on 20 products, 16 at once)', (2e6 / committed).toFixed(0)],
    ['events a second, from the commits through the feed to watchers', (2e6 / seen).toFixed(0)],
    ['orders a second, from their placing to their confirmation (500)', rate.toFixed(0)],
  ]
}

async function orders(run: Run, products: readonly string[], count: number) {
  const placed: string[] = []
  const began = performance.now()
  await each(indexes(count), 16, async (index) => {
    placed.push(await run.order(products[index % products.length] ?? ''))
  })
  await each(placed, 4, (id) => until(WAIT, () => run.isSettled(id)))
  return { rate: count / ((performance.now() - began) / 1000) }
}

const FAULTS: readonly (readonly [string, Readonly<Record<string, number>>, number])[] = [
  ['the API fails, for 5 s', { 'api.fails': 1 }, 5000],
  ['the API drops all messages, for 5 s', { 'api.drops': 1 }, 5000],
  ['the API cuts every connection that has a message, for 2 s', { 'api.closes': 1 }, 2000],
  ['DynamoDB throttles everything, for 3 s', { 'dynamodb.throttles': 1 }, 3000],
  ['every second invocation dies, for 5 s', { 'function.dies': 0.5 }, 5000],
  ['a third of the stream’s records is lost, for 5 s', { 'stream.lost': 0.3 }, 5000],
]

/** How long after a fault everything is where it should be. */
export async function recovery(run: Run): Promise<Row[]> {
  const rows: Row[] = []
  for (const [what, rates, lasting] of FAULTS) {
    const fault = async () => {
      run.faults(rates)
      await delay(lasting)
      run.faults({})
    }
    rows.push([what, await recovered(run, fault)])
  }
  const killed = async () => {
    await delay(500)
    await run.kill()
    await run.start(true)
  }
  rows.push(['the process is killed, and started again', await recovered(run, killed)])
  return rows
}

async function recovered(run: Run, fault: () => Promise<void>): Promise<string> {
  const end = new AbortController()
  const id = await run.restock(undefined, 1000)
  const seen = follow(run.feed(1000), id, end.signal)
  await until(WAIT, async () => seen.has(1))
  let isOver = false
  let restocks = 0
  const placed: string[] = []
  const shopping = async () => {
    while (!isOver) {
      await run.restock(id)
      restocks += 1
      placed.push(await run.order(id))
      await delay(50)
    }
  }
  const customers = [shopping(), shopping()]
  await fault()
  const over = performance.now()
  isOver = true
  await Promise.all(customers)
  const after = () => `${((performance.now() - over) / 1000).toFixed(1)} s`
  const versions = async () => {
    const { product } = await run.graphql('query ($id: ID!) { product(id: $id) { id version } }', {
      id,
    })
    return Number(Object(product).version)
  }
  const last = 1 + restocks
  await until(WAIT, async () => seen.size >= last)
  const watcher = after()
  await each(placed, 4, (order) => until(8 * WAIT, () => run.isSettled(order)))
  const settled = after()
  const version = await versions()
  await until(WAIT, async () => seen.has(version))
  end.abort()
  return `watcher ${watcher}, orders ${settled}`
}

/** What fifty resources that cannot be handled cost the others. */
export async function parked(): Promise<Row[]> {
  const dynamodb = await startDynamoDB()
  const run = new Run({ DYNAMODB_ENDPOINT: dynamodb.endpoint })
  try {
    await run.start()
    const products = await Promise.all(indexes(20).map(() => run.restock(undefined, 1000)))
    await orders(run, products, 100)
    const without = await orders(run, products, 200)
    await breakOrders(dynamodb.endpoint, 50)
    await delay(3000)
    const beside = await orders(run, products, 200)
    const ratio = beside.rate / without.rate
    return [['orders a second beside 50 parked resources, against none', ratio.toFixed(2)]]
  } finally {
    await run.remove()
    await dynamodb.stop()
  }
}

/** Orders that no reactor can handle, as only a hand could have written them. */
async function breakOrders(endpoint: string, count: number): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials })
  const { TableNames = [] } = await client.send(new ListTablesCommand())
  const TableName = TableNames.find((name) => name.includes('Order'))
  const documents = DynamoDBDocumentClient.from(client)
  for (const _ of indexes(count)) {
    const event = { type: 'OrderPlaced', productId: randomUUID(), quantity: 'many' }
    const common = { id: randomUUID(), number: 1, created: new Date().toISOString() }
    const Item = { ...common, meta: { commandId: randomUUID() }, ...event }
    await documents.send(new PutCommand({ TableName, Item }))
  }
  client.destroy()
}
