import { setTimeout as delay } from 'node:timers/promises'
import { dice } from '../../lib/local/faults/dice.ts'
import { StateFolder } from '../../lib/local/state-folder.ts'
import { eventually } from '../support/eventually.ts'
import { ShortTokens } from '../support/short-tokens.ts'
import { audit, type Histories } from './books.ts'
import { Inspector, ORDERS } from './inspector.ts'
import { type Noted, OwnerWatcher } from './owner-watcher.ts'
import { FaultyRun, RATES } from './run.ts'
import { type Command, Sender } from './sender.ts'
import { Shopper } from './shopper.ts'

const COMMANDS = Number(process.env.SOAK_COMMANDS ?? 120)
const SEED = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000)
const USERS = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank']
/**
 * The lifetime of the tokens, in seconds. A transport gives up after three rejections in a row, so
 * a token has to outlast the pauses of a busy machine.
 */
const LIFETIME = 10
const PRODUCTS = 5
/** The number of watched orders of each user. */
const WATCHED = 60
/** The commands of all users between two restocks. */
const RESTOCK_EVERY = 20
const KILL_EVERY = Math.max(100, COMMANDS / 10)
const QUIET_WITHIN = 180_000 + COMMANDS * 30

const run = new FaultyRun(SEED, 'examples')
const inspector = new Inspector(run, ORDERS)
const watchers = new Map<string, OwnerWatcher>()

afterAll(async () => {
  for (const watcher of watchers.values()) watcher.stop()
  await run.remove()
}, 30_000)

/** Sends a request with the current token. */
const callWith = (tokens: ShortTokens) => async (query: string, variables: object) => {
  const response = await fetch(run.current.outputs.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: await tokens.current() },
    body: JSON.stringify({ query, variables }),
  })
  if (response.status === 401) rejections += 1
  return JSON.parse(await response.text())
}
let rejections = 0

test(`each user’s watchers receive exactly the user’s events (seed ${SEED})`, async () => {
  process.stdout.write(`soak of users: SOAK_COMMANDS=${COMMANDS} SOAK_SEED=${SEED}\n`)
  await run.start({})
  const [pool] = await new StateFolder(run.folder, true).userPools()
  if (!pool) throw new Error('The run has no user pool')
  const roll = dice(SEED)

  const staff = new ShortTokens(pool, 'sam', LIFETIME, ['staff'])
  const clerk = new Sender({ call: callWith(staff), roll, run: `soak-${SEED}-staff` })
  const products: string[] = []
  for (let index = 0; index < PRODUCTS; index += 1) {
    const { result } = await clerk.send('restockProduct', { amount: 50 })
    if (result) products.push(result.id)
  }

  const shoppers = USERS.map((user) => {
    const tokens = new ShortTokens(pool, user, LIFETIME)
    const watcher = new OwnerWatcher(run.current.outputs, tokens)
    watchers.set(user, watcher)
    const shopper: Shopper = new Shopper({
      user,
      tokens,
      call: callWith(tokens),
      roll,
      run: `soak-${SEED}-${user}`,
      products,
      placed: (id) => {
        if (shopper.orders.length <= WATCHED) watcher.watch(id)
      },
    })
    return shopper
  })
  const ordersOfOthers = (user: string) =>
    shoppers.flatMap((other) => (other.user === user ? [] : other.orders))

  await run.rates(RATES)
  const began = Date.now()
  let left = COMMANDS
  while (left > 0) {
    let some = Math.min(left, KILL_EVERY)
    left -= some
    const shop = async (shopper: Shopper) => {
      while (some > 0) {
        some -= 1
        if (some % RESTOCK_EVERY === 0) {
          const id = products[Math.floor(roll() * products.length)]
          await clerk.send('restockProduct', { id, amount: 1 + Math.floor(roll() * 10) })
        }
        await shopper.next(ordersOfOthers(shopper.user))
      }
    }
    // Each user sends two commands at a time.
    const shopping = Promise.all([...shoppers, ...shoppers].map(shop))
    if (left > 0) {
      await delay(500)
      await run.kill(RATES)
    }
    await shopping
  }
  const shopped = Date.now()

  await run.rates({})
  const done: Command[] = [clerk, ...shoppers].flatMap((sender) => sender.done)
  const ids = shoppers.flatMap(({ orders }) => orders)
  let bookings: Histories = new Map()
  const look = async () => {
    const concerts = await inspector.histories('concertEvents', products)
    bookings = await inspector.histories('bookingEvents', ids)
    const left = await inspector.quantities(products)
    const problems = audit({ concerts, bookings, left, commands: done })
    return [...problems, ...(await inspector.behind(bookings.size))]
  }
  expect(await inspector.quiet(QUIET_WITHIN, look)).toEqual([])
  expect(shoppers.flatMap(({ breaches }) => breaches)).toEqual([])

  for (const { user, tokens, orders } of shoppers) {
    const watcher = watchers.get(user)
    const histories = new Map<string, readonly Noted[]>()
    for (const id of orders) histories.set(id, await ownHistory(tokens, id))
    expect(new Set([...histories.values()].flat().map(({ owner }) => owner))).toEqual(
      new Set(orders.length > 0 ? [user] : []),
    )
    await watcher?.haveSeen(new Map([...histories].slice(0, WATCHED)), 30_000)
    // The subscription for all orders brought only events of the user.
    for (const { id, number, type, owner } of watcher?.all ?? []) {
      expect({ id, number, type, owner }).toEqual({ id, ...histories.get(id)?.[number - 1] })
    }
    const [other = ''] = ordersOfOthers(user)
    expect(await watcher?.refusal(other)).toMatchObject({ code: 'Forbidden' })
  }
  const sum = (of: (shopper: Shopper) => number) =>
    shoppers.reduce((total, shopper) => total + of(shopper), 0)
  const tries = done.reduce((total, command) => total + command.tries, 0)
  const messages = [...watchers.values()].reduce((total, { all }) => total + all.length, 0)
  const events = [...bookings.values()].reduce((total, all) => total + all.length, 0)
  process.stdout.write(
    `soak of users: seed ${SEED}, ${done.length} commands in ${tries} tries, ${ids.length} orders ` +
      `of ${USERS.length} users, ${events} events and ${messages} messages to their owners, ` +
      `${sum(({ intrusions }) => intrusions)} tries of the orders of others, ` +
      `${sum(({ tokens }) => tokens.made)} tokens, ${rejections} rejected requests, ` +
      `${run.kills} kills, ${shopped - began} ms of commands, quiet after ${Date.now() - shopped} ms more\n`,
  )
}, 3_600_000)

/** Returns the events of an order, as its owner reads them. Repeats the query with a new token. */
function ownHistory(tokens: ShortTokens, id: string): Promise<readonly Noted[]> {
  const query = 'query ($id: ID!) { orderEvents(id: $id, limit: 1000) { number type owner } }'
  return eventually(async () => {
    const { data, errors } = await callWith(tokens)(query, { id })
    if (!data) throw new Error(JSON.stringify(errors))
    return data.orderEvents
  })
}
