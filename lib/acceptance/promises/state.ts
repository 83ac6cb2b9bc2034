import {
  type ApiEvent,
  cancelOrder,
  eventsOf,
  ORDER,
  PRODUCT,
  type ProductState,
  placeOrder,
  type ResourceType,
  reserve,
  restock,
  stateOf,
} from '../api/resources.ts'
import { expectEqual } from '../expectations.ts'
import { orderAfter, productAfter } from '../fold.ts'
import { eventually, type Given, type ProductPromise } from '../promise.ts'

/** Restocks are positive, reservations negative. The product is sold out in between. */
const CHANGES = [3, -1, -2, 5, -4, 2, -3]

export const stateFromEvents: ProductPromise = {
  name: 'a state is the sum of its events',
  sentence:
    'The answer of a command, and each query after it, have the state that the history adds up to.',
  async check(given) {
    const { api } = given
    let id: string | undefined
    for (const change of CHANGES) {
      const own = id === undefined ? {} : { id }
      const answer: ProductState =
        change > 0
          ? await restock(api, { ...own, amount: change })
          : await reserve(api, { ...own, quantity: -change })
      id = answer.id
      const [state, events] = [
        await stateOf(given, PRODUCT, id),
        await eventsOf(given, PRODUCT, id),
      ]
      expectEqual('the answer of a command', { ...answer }, productAfter(id, events))
      expectEqual('the query after a command', { ...state }, productAfter(id, events))
    }
    const { order } = await newOrder(given)
    const { state, events } = await settled(given, ORDER, order)
    expectEqual('the state of an order', { ...state }, orderAfter(order, events))
  },
}

export const stateAtVersion: ProductPromise = {
  name: 'a query returns any earlier version',
  sentence: 'product(version) and order(version) return the state after that number of events.',
  async check(given) {
    await checkMoments(given, (events) =>
      events.map(({ number }) => ({ moment: `version: ${number}`, after: number })),
    )
  },
}

export const stateAtInstant: ProductPromise = {
  name: 'a query returns the state at an instant',
  sentence: 'product(at) and order(at) return the state after the last event until then.',
  async check(given) {
    await checkMoments(given, (events) => [
      { moment: `at: "${shifted(events[0], -1)}"`, after: 0 },
      ...events.map(({ created }) => ({
        moment: `at: "${created}"`,
        // Events of one millisecond count together.
        after: events.filter((event) => event.created <= created).length,
      })),
    ])
  },
}

interface Moment {
  /** The argument of the query. */
  readonly moment: string
  /** The number of events until then. */
  readonly after: number
}

async function checkMoments(
  given: Given,
  momentsOf: (events: readonly ApiEvent[]) => readonly Moment[],
): Promise<void> {
  const { product, order } = await newOrder(given)
  for (const { type, id, fold } of [
    { type: PRODUCT, id: product, fold: productAfter },
    { type: ORDER, id: order, fold: orderAfter },
  ]) {
    const { events } = await settled(given, type, id)
    for (const { moment, after } of momentsOf(events)) {
      const state = await stateOf(given, type, id, moment)
      const expected = after === 0 ? null : fold(id, events.slice(0, after))
      expectEqual(`${type.one}(${moment})`, state && { ...state }, expected)
    }
    const beyond = `version: ${events.length + 100}`
    expectEqual(`${type.one}(${beyond})`, await stateOf(given, type, id, beyond), null)
  }
}

/** Makes a product with several events, and an order that is cancelled. */
async function newOrder({ api }: Given): Promise<{ product: string; order: string }> {
  const { id: product } = await restock(api, { amount: 2 })
  await restock(api, { id: product, amount: 4 })
  await reserve(api, { id: product, quantity: 3 })
  const { id: order } = await placeOrder(api, { productId: product, quantity: 1 })
  await cancelOrder(api, { id: order })
  return { product, order }
}

/** Reads the events and the state of one moment: a reaction may commit between two reads. */
function settled(given: Given, type: ResourceType, id: string) {
  return eventually(given, `a ${type.one} with the version of its history`, async () => {
    const events = await eventsOf(given, type, id)
    const state = await stateOf(given, type, id)
    if (state?.version === events.length) return { answer: { state, events } }
    return { seen: { version: state?.version, events: events.length } }
  })
}

function shifted(event: ApiEvent | undefined, milliseconds: number): string {
  return new Date(Date.parse(event?.created ?? '') + milliseconds).toISOString()
}
