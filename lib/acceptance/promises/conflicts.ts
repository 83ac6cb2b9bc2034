import { randomUUID } from 'node:crypto'
import type { Answer } from '../api/api.ts'
import {
  eventsOf,
  type Input,
  MUTATIONS,
  ORDER,
  PRODUCT,
  placeOrder,
  reserve,
  restock,
  stateOf,
} from '../api/resources.ts'
import { Broken, expectEqual, shown } from '../expectations.ts'
import { productAfter } from '../fold.ts'
import { eventually, type Given, type ProductPromise } from '../promise.ts'
import { expectRefusal } from '../refused.ts'

export const expectedVersion: ProductPromise = {
  name: 'expectedVersion is obeyed',
  sentence: 'A command with another expectedVersion than the current one fails and stores nothing.',
  async check(given) {
    const { api } = given
    const { id } = await restock(api, { amount: 20 })
    await reserve(api, { id, expectedVersion: 1 })
    for (const expected of [1, 3]) {
      const input = { id, expectedVersion: expected }
      const info = { id, expectedVersion: expected, actualVersion: 2 }
      await expectRefusal(given, 'reserveProduct', input, 'VersionConflict', info)
      await expectRefusal(given, 'restockProduct', { ...input, amount: 1 }, 'VersionConflict', info)
    }
    const { id: order } = await placeOrder(api, { productId: randomUUID(), quantity: 1 })
    const late = { id: order, expectedVersion: 99 }
    await expectRefusal(given, 'cancelOrder', late, 'VersionConflict', late)
    const sent = Array.from({ length: 6 }, () => ({ id, expectedVersion: 2 }))
    const { succeeded, refused } = await outcomes(given, sent)
    expectEqual('the successes of 6 commands at once', succeeded.length, 1)
    expectEqual('the errors of the others', [...new Set(refused)], ['VersionConflict'])
    expectEqual('the number of events', (await eventsOf(given, PRODUCT, id)).length, 3)
  },
}

export const concurrentCommands: ProductPromise = {
  name: 'concurrent commands lose nothing',
  sentence: 'Commands at once on one product are all stored or refused, and oversell nothing.',
  async check(given) {
    const { api } = given
    const { id } = await restock(api, { amount: 12 })
    const sent = Array.from({ length: 20 }, () => ({ id }))
    const { succeeded, refused } = await outcomes(given, sent)
    expectEqual('the successes of 20 reservations of 12 products', succeeded.length, 12)
    expectEqual('the errors of the others', refused, Array(8).fill('SoldOut'))
    const versions = [...succeeded].sort((one, other) => one - other)
    const wanted = Array.from({ length: 12 }, (_, index) => index + 2)
    expectEqual('the versions in the answers', versions, wanted)
    const amounts = Array.from({ length: 10 }, (_, index) => index + 1)
    await Promise.all(amounts.map((amount) => restock(api, { id, amount })))
    const events = await eventsOf(given, PRODUCT, id)
    const stored = events.slice(13).map(({ amount }) => amount ?? 0)
    expectEqual(
      'the amounts of 10 commands at once',
      stored.sort((a, b) => a - b),
      amounts,
    )
    expectEqual('the quantity', (await stateOf(given, PRODUCT, id))?.quantity, 55)
  },
}

const ROUNDS = 4
const AT_ONCE = 6

export const concurrentWriters: ProductPromise = {
  name: 'commands and reactions lose nothing',
  sentence: 'Commands and reactions that write to one product, in turn or at once, are all stored.',
  async check(given) {
    const { api } = given
    const { id } = await restock(api, { amount: 100 })
    const placed: string[] = []
    const order = async () => {
      const { id: placedId } = await placeOrder(api, { productId: id, quantity: 1 })
      placed.push(placedId)
      return placedId
    }
    for (let round = 1; round <= ROUNDS; round += 1) {
      await confirmed(given, await order())
      await reserve(api, { id })
    }
    const writers = Array.from({ length: AT_ONCE }, () => [order(), reserve(api, { id })])
    await Promise.all(writers.flat())
    await Promise.all(placed.map((each) => confirmed(given, each)))
    const events = await eventsOf(given, PRODUCT, id)
    const references = events.flatMap(({ reference }) => reference ?? [])
    expectEqual('the reservations of the orders', references.sort(), placed.sort())
    expectEqual('the number of events', events.length, 1 + 2 * (ROUNDS + AT_ONCE))
    const state = await stateOf(given, PRODUCT, id)
    expectEqual('the state', { ...state }, productAfter(id, events))
  },
}

function confirmed(given: Given, id: string): Promise<void> {
  return eventually(given, `the confirmation of the order ${id}`, async () => {
    const seen = (await stateOf(given, ORDER, id))?.status
    if (seen === 'PLACED') return { seen }
    expectEqual('the status of an order', seen, 'CONFIRMED')
    return { answer: undefined }
  })
}

/** Sends reservations at once. Returns the versions in the answers, and the types of the errors. */
async function outcomes({ api }: Given, inputs: readonly Input[]) {
  const answers = await Promise.all(
    inputs.map((input) => api.send(MUTATIONS.reserveProduct, { input })),
  )
  return {
    succeeded: answers.filter(({ errors }) => errors.length === 0).map(versionIn),
    refused: answers.flatMap(({ errors: [error] }) => (error ? [error.errorType] : [])),
  }
}

function versionIn({ data }: Answer): number {
  const product: unknown = data?.reserveProduct
  const version: unknown =
    typeof product === 'object' && product !== null ? Reflect.get(product, 'version') : undefined
  if (typeof version === 'number') return version
  throw new Broken(`reserveProduct: expected a product; saw ${shown(data)}`)
}
