import { setTimeout as delay } from 'node:timers/promises'
import { dice } from '../../lib/local/faults/dice.ts'
import { audit, type Histories, type StoredEvent } from './books.ts'
import { Customers } from './customers.ts'
import { FaultyRun, type Rates } from './run.ts'
import { Watchers } from './watchers.ts'

const COMMANDS = Number(process.env.SOAK_COMMANDS ?? 200)
const SEED = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000)
/** So many of the orders are watched, beside all products. */
const WATCHED = 200
const CUSTOMERS = 16
const PRODUCTS = 5
/** The process is killed after so many commands. */
const KILL_EVERY = Math.max(100, COMMANDS / 10)

const RATES: Rates = {
  'function.throws': 0.02,
  'function.dies': 0.01,
  'function.timesOut': 0.005,
  'stream.late': 0.1,
  'stream.twice': 0.1,
  'stream.reordered': 0.3,
  'stream.split': 0.2,
  'stream.lost': 0.01,
  'api.fails': 0.02,
  'api.throttles': 0.02,
  'api.losesAnswer': 0.02,
  'api.drops': 0.05,
  'api.closes': 0.01,
  'dynamodb.throttles': 0.02,
  'dynamodb.fails': 0.02,
  'dynamodb.losesAnswer': 0.02,
}
/** In milliseconds: as long as leases, the reconciler and some more take. */
const QUIET_WITHIN = 180_000
const REACTOR = 'ordering.fulfilment'

const run = new FaultyRun(SEED)
let watchers: Watchers | undefined

afterAll(async () => {
  watchers?.stop()
  await run.remove()
}, 30_000)

test(`whatever fails, nothing is lost, doubled, oversold or left hanging (seed ${SEED})`, async () => {
  await run.start({})
  const watched = new Watchers(run.current.outputs)
  watchers = watched
  const customers = new Customers({
    call: (query, variables) => run.graphql(query, variables),
    roll: dice(SEED),
    run: `soak-${SEED}`,
    ordered(id) {
      if (watched.count < PRODUCTS + WATCHED) watched.watch('Order', id)
    },
  })
  await customers.stock(PRODUCTS)
  for (const id of customers.products) watched.watch('Product', id)

  run.rates(RATES)
  const began = Date.now()
  let left = COMMANDS
  while (left > 0) {
    const some = Math.min(left, KILL_EVERY)
    const shopping = customers.shop(some, CUSTOMERS)
    left -= some
    if (left > 0) {
      await delay(500)
      await run.kill(RATES)
    }
    await shopping
  }
  const shopped = Date.now()

  run.rates({})
  let [products, orders]: Histories[] = []
  let problems: string[] = []
  // What a stream has lost the reconciler finds; what is wrong by then stays so.
  let open = await openOrders()
  for (let until = Date.now() + QUIET_WITHIN; Date.now() < until; await delay(1000)) {
    await tryParkedAgain()
    const before = open
    open = await openOrders()
    if (process.env.SOAK_TALK)
      process.stdout.write(`open ${open} ${JSON.stringify(await progress())}\n`)
    // A queue that gets shorter is none that hangs.
    if (open < before) until = Date.now() + QUIET_WITHIN
    if (open > 0) continue
    products = await histories('productEvents', customers.products)
    orders = await histories('orderEvents', customers.orders)
    problems = audit(products, orders, customers.done)
    if (problems.length === 0) break
  }
  const quiet = Date.now()
  expect(problems).toEqual([])
  if (!products || !orders) throw new Error(`${open} orders hang`)
  expect(orders.size).toBe(customers.orders.length)
  await watched.haveSeen(new Map([...products, ...orders]), 30_000)
  expect(await progress()).toEqual({ resources: orders.size, behind: 0, parked: 0 })

  const tries = customers.done.reduce((sum, command) => sum + command.tries, 0)
  process.stdout.write(
    `soak: seed ${SEED}, ${customers.done.length} commands in ${tries} tries, ` +
      `${orders.size} orders, ${watched.count} watchers, ${run.kills} kills, ` +
      `${shopped - began} ms of shopping, ` +
      `quiet after ${quiet - shopped} ms more\n`,
  )
}, 3_600_000)

async function tryParkedAgain(): Promise<void> {
  const parked = `query ($reactor: String!) { parkedReactions(reactor: $reactor, limit: 1000) { id } }`
  const { data } = await run.current.operate(parked, { reactor: REACTOR })
  for (const { id } of data?.parkedReactions ?? []) {
    const retry = `mutation ($input: RetryReactionInput!) { retryReaction(input: $input) { id } }`
    await run.current.operate(retry, { input: { reactor: REACTOR, id } })
  }
}

/** What the reactor knows. */
async function progress() {
  const query = `query ($reactor: String!) {
    reactorProgress(reactor: $reactor) { resources behind parked }
  }`
  return (await run.current.operate(query, { reactor: REACTOR })).data?.reactorProgress
}

async function openOrders(): Promise<number> {
  let count = 0
  let nextToken: string | null | undefined
  do {
    const query = `query ($nextToken: String) {
      orders(limit: 100, nextToken: $nextToken) { items { status } nextToken }
    }`
    const { data, errors } = await run.graphql(query, { nextToken })
    if (!data?.orders) throw new Error(JSON.stringify(errors))
    count += data.orders.items.filter(({ status }) => status === 'PLACED').length
    nextToken = data.orders.nextToken
  } while (nextToken)
  return count
}

async function histories(
  field: 'productEvents' | 'orderEvents',
  ids: readonly string[],
): Promise<Histories> {
  const fields = field === 'productEvents' ? 'amount quantity reference' : 'quantity reserved'
  const query = `query ($id: ID!, $after: Int) {
    events: ${field}(id: $id, after: $after, limit: 1000) { id number type commandId ${fields} }
  }`
  const found = new Map<string, StoredEvent[]>()
  for (const id of ids) {
    const all: StoredEvent[] = []
    for (;;) {
      const answer = await run.graphql(query, { id, after: all.length })
      const { events }: { events: StoredEvent[] } = JSON.parse(JSON.stringify(answer.data))
      if (events.length === 0) break
      all.push(...events)
    }
    found.set(id, all)
  }
  return found
}
