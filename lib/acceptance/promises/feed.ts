import { randomUUID } from 'node:crypto'
import { type Filter, type Messages, subscribe } from '../api/messages.ts'
import {
  type ApiEvent,
  cancelOrder,
  ORDER,
  PRODUCT,
  placeOrder,
  reserve,
  restock,
} from '../api/resources.ts'
import { decided, expectMessages, numberOf, SETTLED } from '../arrivals.ts'
import { expectEqual, expectThat, Skipped } from '../expectations.ts'
import { eventually, type Given, type ProductPromise, pause } from '../promise.ts'

export const feed: ProductPromise = {
  name: 'a subscriber gets every event once',
  sentence: 'A subscription gets each new event once, with all fields of the history.',
  async check(given) {
    const { api } = given
    const products = await subscribe(given, api.auth, PRODUCT)
    const orders = await subscribe(given, api.auth, ORDER)
    const { id } = await restock(api, { amount: 3, commandId: `accept-${randomUUID()}` })
    await reserve(api, { id, quantity: 3 })
    const { id: order } = await placeOrder(api, { productId: id, quantity: 1 })
    const { id: other } = await placeOrder(api, { productId: id, quantity: 1 })
    await cancelOrder(api, { id: other }).catch(() => undefined)
    await decided(given, order)
    await decided(given, other)
    await expectMessages(given, products, PRODUCT, [{ id, after: 0 }])
    const placed = [order, other].map((each) => ({ id: each, after: 0 }))
    await expectMessages(given, orders, ORDER, placed)
  },
}

export const filteredFeed: ProductPromise = {
  name: 'a subscription filters by id and type',
  sentence: 'A subscription with an id or a type gets all events that fit, and no others.',
  async check(given) {
    const { api } = given
    const { id } = await restock(api, { amount: 9 })
    const { id: other } = await restock(api, { amount: 9 })
    const { id: order } = await placeOrder(api, { productId: randomUUID(), quantity: 1 })
    await decided(given, order)
    const type = 'ProductReserved'
    const filters: Filter[] = [{ id }, { type }, { id, type }]
    const opened = await Promise.all(
      filters.map(async (filter) => ({
        filter,
        messages: await subscribe(given, api.auth, PRODUCT, filter),
      })),
    )
    const all = await subscribe(given, api.auth, PRODUCT)
    const ofOrders = await subscribe(given, api.auth, ORDER, { type: 'OrderPlaced' })
    const ofOrder = await subscribe(given, api.auth, ORDER, { id: order })
    for (const product of [id, other]) {
      await restock(api, { id: product, amount: 1 })
      await reserve(api, { id: product })
    }
    const { id: late } = await placeOrder(api, { productId: randomUUID(), quantity: 1 })
    await decided(given, late)
    await eventually(given, 'the arrival of all events', async () => {
      const seen = [all.of(id), all.of(other), ofOrders.of(late)].map(({ length }) => length)
      const isComplete =
        seen.join() === '2,2,1' &&
        opened.every(({ filter, messages }) => own(messages, [id, other]).length >= count(filter))
      return isComplete ? { answer: undefined } : { seen: sizes(opened) }
    })
    await pause(SETTLED, given.signal)
    for (const { filter, messages } of opened) {
      expectFit(filter, messages.all)
      const wanted = own(all, [id, other]).filter((event) => fits(filter, event))
      const seen = own(messages, [id, other]).map(({ number }) => number)
      const about = `the numbers with the filter ${JSON.stringify(filter)}`
      expectEqual(about, seen.sort(), wanted.map(({ number }) => number).sort())
    }
    expectFit({ type: 'OrderPlaced' }, ofOrders.all)
    expectFit({ id: order }, ofOrder.all)
    expectEqual('events of an unchanged order', ofOrder.all.length, 0)
  },
}

function count({ id, type }: Filter): number {
  return 4 / (id === undefined ? 1 : 2) / (type === undefined ? 1 : 2)
}

function sizes(opened: readonly { readonly messages: Messages }[]): number[] {
  return opened.map(({ messages }) => messages.all.length)
}

const RESOURCES = 24
const EACH = 4
/** The events of the first product. Together, the feed needs more than one request for all events. */
const OF_FIRST = 12

export const burst: ProductPromise = {
  name: 'many events at once all arrive, each once',
  sentence: 'Events that are committed at once reach each subscription, all of them and once.',
  async check(given) {
    const { messages, single, products } = await committedAtOnce(given)
    await expectMessages(given, messages, PRODUCT, products)
    await expectMessages(given, single, PRODUCT, products.slice(0, 1))
  },
}

export const feedInOrder: ProductPromise = {
  name: 'the events of a resource arrive in order',
  sentence: 'The feed publishes the events of a resource in the order of their numbers.',
  async check(given) {
    const { messages, products } = await committedAtOnce(given)
    const ids = products.map(({ id }) => id)
    const late = ids.filter((id) => {
      const seen = [...new Set(messages.of(id).map(({ number }) => number))]
      return seen.some((number, index) => number < (seen[index - 1] ?? 0))
    })
    if (late.length > 0 && !given.deployment.local) {
      const why = 'AppSync guarantees no order, and clients restore it'
      throw new Skipped(`${late.length} of ${ids.length} products were out of order: ${why}`)
    }
    const [id = ''] = late
    const seen = messages.of(id).map(({ number }) => number)
    expectThat(
      `the numbers of ${late.length} products must arrive in order`,
      late.length === 0,
      seen,
    )
  },
}

/** Commits many events at once, and waits until as many messages have arrived. */
async function committedAtOnce(given: Given) {
  const { api } = given
  const { id: known } = await restock(api, { amount: OF_FIRST })
  const messages = await subscribe(given, api.auth, PRODUCT)
  const single = await subscribe(given, api.auth, PRODUCT, { id: known })
  const products = await Promise.all(
    Array.from({ length: RESOURCES }, async (_, index) => {
      const [own, count, after] = index === 0 ? [{ id: known }, OF_FIRST, 1] : [{}, EACH, 0]
      const { id } = await restock(api, { ...own, amount: EACH })
      await Promise.all(Array.from({ length: count - 1 }, () => reserve(api, { id })))
      return { id, after, count }
    }),
  )
  await eventually(given, 'the arrival of all events', async () => {
    const missing = products.filter(({ id, count }) => {
      const seen = new Set(messages.of(id).map(numberOf))
      return seen.size < count
    })
    return missing.length === 0
      ? { answer: undefined }
      : { seen: `${missing.length} of ${RESOURCES} products without all events` }
  })
  return { messages, single, products }
}

function expectFit(filter: Filter, events: readonly ApiEvent[]): void {
  const stray = events.find((event) => !fits(filter, event))
  const about = `a subscription with ${JSON.stringify(filter)} must get only events that fit`
  expectThat(about, stray === undefined, stray)
}

function fits({ id, type }: Filter, event: ApiEvent): boolean {
  return (id === undefined || event.id === id) && (type === undefined || event.type === type)
}

function own({ all }: Messages, ids: readonly string[]): readonly ApiEvent[] {
  return all.filter(({ id }) => ids.includes(id))
}
