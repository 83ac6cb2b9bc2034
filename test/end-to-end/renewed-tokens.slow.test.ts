import WebSocket from 'ws'
import { type ApiEvent, appSyncTransport, eventFeed } from '../../lib/client/index.ts'
import { StateFolder } from '../../lib/local/state-folder.ts'
import type { UserPool } from '../../lib/local/users/user-pools.ts'
import { readings } from '../client/support/reading.ts'
import { assembly } from '../support/assembly.ts'
import { eventually } from '../support/eventually.ts'
import { LocalRun } from '../support/local-run.ts'
import { newFolder } from '../support/run-folder.ts'
import { ShortTokens } from '../support/short-tokens.ts'

/** The polls of the feed start after the end of the test, so that only connections bring events. */
const NEVER = 600_000
const ROUNDS = 3

let run: LocalRun
let pool: UserPool
const sockets: WebSocket[] = []
const { read, endAll } = readings()

class Known extends WebSocket {
  constructor(...args: ConstructorParameters<typeof WebSocket>) {
    super(...args)
    sockets.push(this)
  }
}

beforeAll(async () => {
  run = await LocalRun.start(newFolder('run'), {}, [], await assembly('examples'))
  const [first] = await new StateFolder(run.folder, true).userPools()
  if (!first) throw new Error('The run has no user pool')
  pool = first
}, 60_000)
afterEach(endAll)
afterAll(() => run?.remove(), 30_000)

async function ask(tokens: ShortTokens, query: string, variables: object = {}) {
  const response = await fetch(run.outputs.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: await tokens.current() },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = JSON.parse(await response.text())
  if (!data) throw new Error(JSON.stringify(errors))
  return data
}

test('a user’s watchers miss no event while short-lived tokens are renewed', async () => {
  const staff = new ShortTokens(pool, 'sam', 3600, ['staff'])
  const patient = new ShortTokens(pool, 'alice', 3600)
  const tokens = new ShortTokens(pool, 'alice', 2)
  const { graphqlUrl } = run.outputs
  const auth = { token: tokens.current }
  const transport = appSyncTransport({ graphqlUrl, auth, webSocket: Known, longestPause: 100 })
  const options = { transport, fields: [], firstPoll: NEVER, pollInterval: NEVER } as const
  const products = eventFeed<ApiEvent>({ ...options, resource: 'Product' })
  const orders = eventFeed<ApiEvent>({ ...options, resource: 'Order' })

  const restock = 'mutation ($id: ID) { restockProduct(input: { id: $id, amount: 9 }) { id } }'
  const { id } = (await ask(staff, restock)).restockProduct
  const product = read(products.watchEvents({ id }))
  const watched: { readonly reading: ReturnType<typeof watchOrder>; readonly placed: string }[] = []
  const watchOrder = (placed: string) => read(orders.watchEvents({ id: placed }))
  await product.reach(1)

  for (let round = 1; round <= ROUNDS; round += 1) {
    const place = `mutation ($id: ID!) { placeOrder(input: { productId: $id, quantity: 1 }) { id } }`
    const placed = (await ask(patient, place, { id })).placeOrder.id
    watched.push({ placed, reading: watchOrder(placed) })
    await watched.at(-1)?.reading.reach(2)
    await eventually(async () => tokens.isExpired || undefined)
    await ask(staff, restock, { id })
    for (const socket of sockets.splice(0)) socket.terminate()
    // These events are committed while no connection exists.
    for (let count = 0; count < 3; count += 1) await ask(staff, restock, { id })
    // Each round adds four restocks and a reservation.
    await product.reach(1 + 5 * round)
  }
  const cancel = 'mutation ($id: ID!) { cancelOrder(input: { id: $id }) { id } }'
  for (const { placed, reading } of watched) {
    await ask(patient, cancel, { id: placed })
    expect((await reading.reach(3)).map(({ type }) => type)).toEqual([
      'OrderPlaced',
      'OrderConfirmed',
      'OrderCancelled',
    ])
  }
  const all = await product.reach(1 + 6 * ROUNDS)
  expect(all.map(({ number }) => number)).toEqual(all.map((_, index) => index + 1))
  expect(tokens.made).toBeGreaterThan(ROUNDS)
}, 60_000)
