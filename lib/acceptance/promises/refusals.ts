import { randomUUID } from 'node:crypto'
import {
  cancelOrder,
  eventsOf,
  type Input,
  MUTATIONS,
  type Mutation,
  PRODUCT,
  placeOrder,
  reserve,
  restock,
  stateOf,
} from '../api/resources.ts'
import { expectEqual, expectThat, shown } from '../expectations.ts'
import type { Given, ProductPromise } from '../promise.ts'
import { expectFailure, expectRefusal } from '../refused.ts'

type Refused = readonly [
  Mutation,
  Input,
  errorType: string,
  info: Readonly<Record<string, unknown>>,
]

export const rules: ProductPromise = {
  name: 'a rule refuses with its code and data',
  sentence: 'A command that breaks a rule fails with the errorType and the data of the rule.',
  async check(given) {
    const { api } = given
    const { id } = await restock(api, { amount: 2 })
    await reserve(api, { id })
    const { id: order } = await placeOrder(api, { productId: randomUUID(), quantity: 1 })
    await cancelOrder(api, { id: order }).catch(() => undefined)
    const refused: readonly Refused[] = [
      ['reserveProduct', { id, quantity: 2 }, 'SoldOut', { id, version: 2, quantity: 2, left: 1 }],
      ['reserveProduct', { id, quantity: 0 }, 'InvalidQuantity', { id, quantity: 0 }],
      ['reserveProduct', { id, quantity: -1 }, 'InvalidQuantity', { id, quantity: -1 }],
      ['restockProduct', { id, amount: 0 }, 'InvalidAmount', { id, amount: 0 }],
      ['restockProduct', { id, amount: -3 }, 'InvalidAmount', { id, amount: -3 }],
      ['restockProduct', { id, amount: 2 ** 31 - 1 }, 'InvalidAmount', { id }],
      ['placeOrder', { productId: id, quantity: 0 }, 'InvalidOrderQuantity', { quantity: 0 }],
      // The order is cancelled, or was rejected before.
      ['cancelOrder', { id: order }, 'OrderNotOpen', { id: order }],
    ]
    for (const [mutation, input, errorType, info] of refused)
      await expectRefusal(given, mutation, input, errorType, info)
    await reserve(api, { id })
    const soldOut = { quantity: 1, left: 0 }
    await expectRefusal(given, 'reserveProduct', { id }, 'SoldOut', soldOut)
    await expectEvents(given, id, 3)
  },
}

export const unknownIds: ProductPromise = {
  name: 'an unknown or invalid id is refused',
  sentence:
    'A command fails with ResourceNotFound or InvalidId; the query of an unknown id is null.',
  async check(given) {
    const { api } = given
    const [id, wrong] = [randomUUID(), 'not-a-uuid']
    const refused: readonly Refused[] = [
      ['reserveProduct', { id }, 'ResourceNotFound', { id }],
      ['restockProduct', { id, amount: 1 }, 'ResourceNotFound', { id }],
      ['cancelOrder', { id }, 'ResourceNotFound', { id }],
      ['reserveProduct', { id: wrong }, 'InvalidId', { id: wrong }],
      ['restockProduct', { id: wrong, amount: 1 }, 'InvalidId', { id: wrong }],
      ['cancelOrder', { id: wrong }, 'InvalidId', { id: wrong }],
      ['placeOrder', { productId: wrong, quantity: 1 }, 'InvalidId', { id: wrong }],
    ]
    for (const [mutation, input, errorType, info] of refused)
      await expectRefusal(given, mutation, input, errorType, info)
    for (const field of ['product', 'order', 'productEvents', 'orderEvents']) {
      const error = await api.refusal(`{ ${field}(id: "${wrong}") { id } }`)
      expectFailure(field, error, 'InvalidId', { id: wrong })
    }
    expectEqual('product of an unknown id', await stateOf(given, PRODUCT, id), null)
    await expectEvents(given, id, 0)
  },
}

export const badInput: ProductPromise = {
  name: 'bad input is refused',
  sentence: 'Arguments out of their range fail with InvalidArgument, or with a validation error.',
  async check(given) {
    const { api } = given
    const { id } = await restock(api, { amount: 1 })
    const refusedArguments: readonly [query: string, argument: string, value: unknown][] = [
      ['{ products(limit: 0) { nextToken } }', 'limit', 0],
      ['{ products(limit: 101) { nextToken } }', 'limit', 101],
      ['{ orders(limit: 101) { nextToken } }', 'limit', 101],
      ['{ products(nextToken: "wrong") { nextToken } }', 'nextToken', 'wrong'],
      [`{ productEvents(id: "${id}", limit: 0) { id } }`, 'limit', 0],
      [`{ productEvents(id: "${id}", limit: 1001) { id } }`, 'limit', 1001],
      [`{ productEvents(id: "${id}", after: -1) { id } }`, 'after', -1],
      [`{ product(id: "${id}", version: 0) { id } }`, 'version', 0],
    ]
    for (const [query, argument, value] of refusedArguments)
      expectFailure(query, await api.refusal(query), 'InvalidArgument', { argument, value })
    for (const commandId of ['', 'x'.repeat(129), `reaction-${randomUUID()}`]) {
      const input = { id, amount: 1, commandId }
      const info = { argument: 'commandId' }
      await expectRefusal(given, 'restockProduct', input, 'InvalidArgument', info)
    }
    for (const input of [
      { id },
      { id, amount: 2 ** 31 },
      { id, amount: 'two' },
      { id, amount: 1, x: 1 },
    ]) {
      const { errorType, message } = await api.refusal(MUTATIONS.restockProduct, { input })
      const isOfDocument = errorType === undefined || errorType === null
      expectThat(
        `${shown(input)} must be a validation error`,
        isOfDocument,
        `${errorType} ${message}`,
      )
    }
    await expectEvents(given, id, 1)
  },
}

/** @throws Broken if a refused command has stored an event */
async function expectEvents(given: Given, id: string, count: number): Promise<void> {
  const events = await eventsOf(given, PRODUCT, id)
  expectEqual('the number of stored events', events.length, count)
}
