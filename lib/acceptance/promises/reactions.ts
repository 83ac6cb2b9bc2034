import { randomUUID } from 'node:crypto'
import {
  type ApiEvent,
  cancelOrder,
  eventsOf,
  ORDER,
  PRODUCT,
  placeOrder,
  restock,
  stateOf,
} from '../api/resources.ts'
import { expectEqual, expectThat } from '../expectations.ts'
import { eventually, type Given, type ProductPromise, pause } from '../promise.ts'

/** Milliseconds in which a second run of a reaction would have committed. */
const SETTLED = 1000

export const confirmation: ProductPromise = {
  name: 'an order is confirmed and reserves once',
  sentence: 'The reactor confirms an order and reserves its products in one commit, exactly once.',
  async check(given) {
    const { product, order } = await ordered(given, 10, 4)
    await expectStatus(given, order, 'CONFIRMED')
    await pause(SETTLED, given.signal)
    const [confirmed] = (await eventsOf(given, ORDER, order)).slice(1)
    await expectTypes(given, order, ['OrderPlaced', 'OrderConfirmed'])
    const [, reserved, ...more] = await eventsOf(given, PRODUCT, product)
    expectReaction('the reservation', reserved, { quantity: 4, reference: order })
    expectEqual(
      'further events of the product',
      more.map(({ type }) => type),
      [],
    )
    expectEqual('the commandId of the confirmation', confirmed?.commandId, reserved?.commandId)
    expectEqual('the quantity', (await stateOf(given, PRODUCT, product))?.quantity, 6)
  },
}

export const rejection: ProductPromise = {
  name: 'an order is rejected with a reason',
  sentence: 'The reactor rejects an order of too many products, or of an unknown product.',
  async check(given) {
    const { api } = given
    const { product, order } = await ordered(given, 3, 4)
    const { id: lost } = await placeOrder(api, { productId: randomUUID(), quantity: 1 })
    await expectStatus(given, order, 'REJECTED')
    await expectStatus(given, lost, 'REJECTED')
    await pause(SETTLED, given.signal)
    await expectTypes(given, order, ['OrderPlaced', 'OrderRejected'])
    await expectTypes(given, lost, ['OrderPlaced', 'OrderRejected'])
    const reason = 'Only 3 of the product are left'
    const rejected = await stateOf(given, ORDER, order)
    expectEqual(
      'the state of the order',
      { ...rejected },
      {
        ...{ id: order, version: 2, status: 'REJECTED', quantity: 4, productId: product, reason },
      },
    )
    const [, event] = await eventsOf(given, ORDER, lost)
    expectReaction('the rejection', event, { reason: 'There is no such product' })
    expectEqual('the events of the product', (await eventsOf(given, PRODUCT, product)).length, 1)
  },
}

export const cancellation: ProductPromise = {
  name: 'a cancelled order is released once',
  sentence: 'The reactor releases the products of a cancelled order, exactly once.',
  async check(given) {
    const { api } = given
    const { product, order } = await ordered(given, 10, 4)
    await expectStatus(given, order, 'CONFIRMED')
    // A second release would be possible, because other products are reserved too.
    const { id: other } = await placeOrder(api, { productId: product, quantity: 5 })
    await expectStatus(given, other, 'CONFIRMED')
    await cancelOrder(api, { id: order })
    await eventually(given, 'the release of the products', async () => {
      const types = (await eventsOf(given, PRODUCT, product)).map(({ type }) => type)
      return types.includes('ProductReleased') ? { answer: undefined } : { seen: types }
    })
    await pause(SETTLED, given.signal)
    await expectTypes(given, order, ['OrderPlaced', 'OrderConfirmed', 'OrderCancelled'])
    const [, , , released, ...more] = await eventsOf(given, PRODUCT, product)
    expectReaction('the release', released, { quantity: 4, reference: order })
    expectEqual(
      'further events of the product',
      more.map(({ type }) => type),
      [],
    )
    expectEqual('the quantity', (await stateOf(given, PRODUCT, product))?.quantity, 5)
  },
}

async function ordered({ api }: Given, amount: number, quantity: number) {
  const { id: product } = await restock(api, { amount })
  const { id: order } = await placeOrder(api, { productId: product, quantity })
  return { product, order }
}

function expectStatus(given: Given, id: string, status: string): Promise<void> {
  return eventually(given, `the status ${status} of the order`, async () => {
    const seen = (await stateOf(given, ORDER, id))?.status
    if (seen === 'PLACED') return { seen }
    expectEqual('the status of the order', seen, status)
    return { answer: undefined }
  })
}

async function expectTypes(given: Given, id: string, types: readonly string[]): Promise<void> {
  const events = await eventsOf(given, ORDER, id)
  expectEqual(
    'the events of the order',
    events.map(({ type }) => type),
    types,
  )
}

/** Expects an event of a reaction: its commandId makes a repeated reaction recognizable. */
function expectReaction(
  about: string,
  event: ApiEvent | undefined,
  attributes: Partial<ApiEvent>,
): void {
  const names = Object.keys(attributes)
  const seen = event && Object.fromEntries(Object.entries(event).filter(([n]) => names.includes(n)))
  expectEqual(about, seen, attributes)
  const { commandId } = event ?? {}
  const isOfReaction = commandId?.startsWith('reaction-') ?? false
  expectThat(`${about} must have the commandId of a reaction`, isOfReaction, commandId)
}
