// Calls the functions of the example as Lambda does, in their own process, and measures each kind
// of work. Sends its result to the parent process.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Cost } from '../../event-store/meter.ts'
import { say, taskText } from '../../event-store/parent.ts'
import { mean, median, taken } from '../../event-store/statistics.ts'
import { Wire } from '../../event-store/wire.ts'
import type { Invocation, Measured, Work } from '../measured.ts'
import { countingProxy } from './counting-proxy.ts'
import {
  type Call,
  Example,
  field,
  idOf,
  orderOf,
  record,
  restock,
  restocked,
  textOf,
  times,
} from './example.ts'
import { itemSize } from './item-size.ts'
import { messageSizes } from './message-size.ts'

export interface MeasureTask {
  /** The endpoint of the emulator. */
  readonly dynamodb: string
  /** The paths of the bundles. */
  readonly files: Readonly<Record<'restock' | 'product' | 'order' | 'feed' | 'dispatcher', string>>
  readonly environment: Readonly<Record<string, string>>
}

export type WorkerResult = Pick<Measured, 'itemBytes' | 'messageBytes' | 'reconciled'> & {
  readonly invocations: Readonly<Partial<Record<Work, Invocation>>>
}

type Handler = (event: unknown, context: object) => Promise<unknown>

/** The module that the local run uses to format log entries as Lambda does. */
interface RuntimeConsole {
  patchConsole(
    options: { readonly logFormat: 'JSON'; readonly logLevel: string },
    write: (entry: object) => void,
    currentRequest: () => string,
  ): void
}

const RUNTIME_CONSOLE = join(import.meta.dirname, '../../../lib/local/lambda/runtime-console.mjs')
/** Invocations before a measurement, so that all code is compiled. */
const WARM_UPS = 200
/** Events in the history of a resource that is not cached. */
const HISTORY = 10
const PRODUCTS = 200

const { dynamodb, files, environment }: MeasureTask = JSON.parse(taskText())
const proxy = await countingProxy(dynamodb)
// The bundles read the environment when they are imported.
Object.assign(process.env, environment, { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint })
const wire = new Wire(dynamodb)
const { ORDER_TABLE = '', PRODUCT_TABLE = '', CHECKPOINT_TABLE = '' } = environment
const context = { getRemainingTimeInMillis: () => 60_000 }

let logBytes = 0
let logEntries = 0
const countLog = (text: string) => {
  logBytes += Buffer.byteLength(text)
  logEntries += 1
  return true
}
const countEntry = (entry: object) => void countLog(JSON.stringify(entry))
const { patchConsole }: RuntimeConsole = await import(RUNTIME_CONSOLE)
patchConsole({ logFormat: 'JSON', logLevel: 'INFO' }, countEntry, randomUUID)
// Metrics are written to the standard output.
process.stdout.write = (text) => countLog(`${text}`)

const invocations: Partial<Record<Work, Invocation>> = {}

/** Measures one kind of work. `prepare` returns the event of each invocation. */
async function measure(work: Work, count: number, call: Call, prepare: () => unknown) {
  const costs: Cost[] = []
  const processor: number[] = []
  let [bytes, entries] = [0, 0]
  await times(count, async () => {
    const event = await prepare()
    proxy.take()
    logBytes = 0
    logEntries = 0
    processor.push((await taken(() => call(event))).processor)
    bytes += logBytes
    entries += logEntries
    costs.push(proxy.take())
  })
  const of = (key: keyof Cost) => round(mean(costs.map((cost) => cost[key])))
  invocations[work] = {
    requests: of('requests'),
    readUnits: of('readUnits'),
    writeUnits: of('writeUnits'),
    processor: round(median(processor)),
    logBytes: round(bytes / count),
    logEntries: round(entries / count),
  }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}

let copies = 0

/** Returns the handler of a new copy of a bundle, which has cached nothing. */
async function handlerIn(file: string): Promise<Call> {
  copies += 1
  const { handler }: { readonly handler: Handler } = await import(`${file}?copy=${copies}`)
  return (event) => handler(event, context)
}

const [product, query, order, feed, dispatcher] = await Promise.all([
  handlerIn(files.restock),
  handlerIn(files.product),
  handlerIn(files.order),
  handlerIn(files.feed),
  handlerIn(files.dispatcher),
])
const example = new Example({
  wire,
  shopping: product,
  ordering: order,
  orderTable: ORDER_TABLE,
})
const productOf = (id: string) => field('Query', 'product', { id })

const stock = await example.fill(PRODUCTS, HISTORY)
const [warm = ''] = stock
await times(WARM_UPS, () => product(restocked(warm)))
await times(WARM_UPS, () => query(productOf(warm)))
await measure('command, cached', 200, product, () => restocked(warm))
await measure('query, cached', 200, query, () => productOf(warm))

let next = 0
const another = () => {
  next += 1
  return stock[next] ?? ''
}
const fresh = await handlerIn(files.restock)
await idOf(fresh(restock({ amount: 1, commandId: randomUUID() })))
await measure('command, not cached', 80, fresh, () => restocked(another()))
const freshQuery = await handlerIn(files.product)
await freshQuery(productOf(warm))
next = 0
await measure('query, not cached', 80, freshQuery, () => productOf(another()))
await measure('command that creates', 100, order, () => orderOf(warm))
await measure('rejected command', 100, product, () =>
  field('Mutation', 'reserveProduct', { input: { id: warm, quantity: 2_000_000_000 } }),
)

await times(10, async () => feed(await example.batch(10)))
await measure('feed, 1 event', 30, feed, () => example.batch(1))
await measure('feed, 10 events', 20, feed, () => example.batch(10))
await measure('feed, 100 events', 8, feed, () => example.batch(100))

await times(2, async () => dispatcher(await example.wakeUp(100)))
await measure('dispatcher, batch of 1 event', 20, dispatcher, () => example.batch(1))
await measure('dispatcher, batch of 100 events', 5, dispatcher, () => example.batch(100))
await measure('reaction to 1 event', 30, dispatcher, () => example.wakeUp(1))
await measure('reactions to 10 events', 15, dispatcher, () => example.wakeUp(10))
await measure('reactions to 100 events', 5, dispatcher, () => example.wakeUp(100))
// A batch that outlasts the stream's patience is also queued, and comes a second time.
const again = await example.wakeUp(100)
await dispatcher(again)
await measure('reactions to 100 events, repeated', 5, dispatcher, () => again)

// The first passes handle the orders of the batches above, which nothing has handled yet.
const reconcile = () => ({ work: 'reconcile' })
await times(3, () => dispatcher(reconcile()))
await measure('reconciler, one pass', 3, dispatcher, reconcile)
await measure('schedule, nothing due', 20, dispatcher, () => ({ work: 'run due' }))

say(await result())
await proxy.stop()
wire.destroy()
process.disconnect()

async function result(): Promise<WorkerResult> {
  const orders = await example.allItems(ORDER_TABLE)
  const ids = new Set(orders.map(({ id }) => textOf(id)))
  const [orderId = ''] = ids
  const ofOrder = await example.itemsOf(ORDER_TABLE, orderId)
  const ofProducts = (await example.allItems(PRODUCT_TABLE)).filter(isFirstOfType())
  const [checkpoint = {}] = await example.itemsOf(CHECKPOINT_TABLE, orderId)
  const sizes = [...ofOrder, ...ofProducts].map((item) => [textOf(item.type), itemSize(item)])
  const records = [
    ...ofOrder.map((item) => record(item, ORDER_TABLE)),
    ...ofProducts.map((item) => record(item, PRODUCT_TABLE)),
  ]
  return {
    invocations,
    itemBytes: { ...Object.fromEntries(sizes), checkpoint: itemSize(checkpoint) },
    messageBytes: await messageSizes(() => feed({ Records: records })),
    reconciled: {
      resources: ids.size,
      tableBytes: orders.reduce((sum, item) => sum + itemSize(item), 0),
    },
  }
}

/** Returns a filter that keeps the first item of each type of event. */
function isFirstOfType() {
  const seen = new Set<string>()
  return ({ type }: { readonly type?: unknown }) => {
    const isFirst = !seen.has(textOf(type))
    seen.add(textOf(type))
    return isFirst
  }
}
