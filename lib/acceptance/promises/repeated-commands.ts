import { randomUUID } from 'node:crypto'
import {
  cancelOrder,
  eventsOf,
  type Input,
  type Mutation,
  ORDER,
  PRODUCT,
  placeOrder,
  reserve,
  restock,
} from '../api/resources.ts'
import { expectEqual } from '../expectations.ts'
import type { Given, ProductPromise } from '../promise.ts'
import { expectRefusal } from '../refused.ts'

const AT_ONCE = 6

export const repeatedCommand: ProductPromise = {
  name: 'a repeated command is committed once',
  sentence: 'A command that is sent again with its commandId succeeds and commits nothing more.',
  async check(given) {
    const { api } = given
    const create = { amount: 5, commandId: newCommandId() }
    const ids = [await restock(api, create), await restock(api, create)].map(({ id }) => id)
    const [id] = ids
    expectEqual('the ids of a repeated creation', ids, [id, id])

    const more = { id, amount: 2, commandId: newCommandId() }
    const less = { id, quantity: 1, expectedVersion: 2, commandId: newCommandId() }
    for (const input of [more, more, more]) await restock(api, input)
    for (const input of [less, less]) await reserve(api, input)
    await restock(api, more)
    expectEqual('the commandIds in the history', await commandIds(given, id), [
      create.commandId,
      more.commandId,
      less.commandId,
    ])

    const place = { productId: randomUUID(), quantity: 1, commandId: newCommandId() }
    const orders = [await placeOrder(api, place), await placeOrder(api, place)]
    expectEqual('the ids of a repeated order', orders[1]?.id, orders[0]?.id)
    const placed = await eventsOf(given, ORDER, orders[0]?.id ?? '')
    const first = placed.filter(({ type }) => type === 'OrderPlaced')
    expectEqual('the commandIds of an order', first.map(commandIdOf), [place.commandId])
  },
}

export const repeatedRefusal: ProductPromise = {
  name: 'a repeated refused command is decided anew',
  sentence: 'A refused command stores nothing, so its commandId can succeed later.',
  async check(given) {
    const { api } = given
    const { id } = await restock(api, { amount: 1 })
    const input = { id, quantity: 2, commandId: newCommandId() }
    await expectRefusal(given, 'reserveProduct', input, 'SoldOut', { quantity: 2, left: 1 })
    await restock(api, { id, amount: 1 })
    await reserve(api, input)
    const [, , last] = await commandIds(given, id)
    expectEqual('the commandId of the third event', last, input.commandId)
  },
}

export const concurrentRepeats: ProductPromise = {
  name: 'concurrent repeats are committed once',
  sentence: 'A command that is sent many times at once under one commandId is committed once.',
  async check(given) {
    const { api } = given
    const create = { amount: 40, commandId: newCommandId() }
    const created = await Promise.all(times(() => restock(api, create)))
    const [id = ''] = [...new Set(created.map((product) => product.id))]
    expectEqual(
      'the ids of concurrent creations',
      created.map((product) => product.id),
      times(() => id),
    )

    const more = { id, amount: 2, commandId: newCommandId() }
    const less = { id, quantity: 1, commandId: newCommandId() }
    await Promise.all([...times(() => restock(api, more)), ...times(() => reserve(api, less))])
    const seen = [...(await commandIds(given, id))].sort()
    const expected = [create, more, less].map(({ commandId }) => commandId).sort()
    expectEqual('the commandIds in the history', seen, expected)

    const place = { productId: id, quantity: 1, commandId: newCommandId() }
    const orders = await Promise.all(times(() => placeOrder(api, place)))
    expectEqual('the number of orders', new Set(orders.map((order) => order.id)).size, 1)
    const cancel = { id: orders[0]?.id, commandId: newCommandId() }
    await Promise.all(times(() => cancelOrder(api, cancel)))
    const types = (await eventsOf(given, ORDER, orders[0]?.id ?? '')).map(({ type }) => type)
    const own = types.filter((type) => type !== 'OrderConfirmed')
    expectEqual('the events of the order', own, ['OrderPlaced', 'OrderCancelled'])
  },
}

export const reusedCommandId: ProductPromise = {
  name: 'a commandId of another command is refused',
  sentence: 'Another command under a committed commandId fails with CommandIdReused.',
  async check(given) {
    const { api } = given
    const create = { amount: 5, commandId: newCommandId() }
    const { id } = await restock(api, create)
    const more = { id, amount: 2, commandId: newCommandId() }
    await restock(api, more)
    const others: readonly [Mutation, Input, number][] = [
      ['restockProduct', { ...create, amount: 6 }, 1],
      ['restockProduct', { ...more, amount: 3 }, 2],
      ['reserveProduct', { id, quantity: 1, commandId: more.commandId }, 2],
    ]
    for (const [mutation, input, number] of others) {
      const { commandId } = input
      await expectRefusal(given, mutation, input, 'CommandIdReused', { id, number, commandId })
    }
    const expected = [create.commandId, more.commandId]
    expectEqual('the commandIds in the history', await commandIds(given, id), expected)
  },
}

function newCommandId(): string {
  return `accept-${randomUUID()}`
}

function times<T>(make: () => T): T[] {
  return Array.from({ length: AT_ONCE }, make)
}

async function commandIds(given: Given, id = ''): Promise<(string | null)[]> {
  return (await eventsOf(given, PRODUCT, id)).map(commandIdOf)
}

function commandIdOf({ commandId }: { readonly commandId: string | null }): string | null {
  return commandId
}
