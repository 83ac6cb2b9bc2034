import {
  type AnyAggregate,
  bind,
  type EventStore,
  inMemoryEventStore,
  type StoredEvent,
  within,
} from '../../lib/event-sourcing/index.ts'
import { Dispatcher, inMemoryCheckpointStore } from '../../lib/event-sourcing/reactions/index.ts'
import { Order } from '../../lib/ordering/index.ts'
import { Product } from '../../lib/shopping/index.ts'
import { reactions } from '../../resolvers/ordering/reactions.ts'

const checkpoints = inMemoryCheckpointStore()
let dispatcher: Dispatcher
let orders: EventStore
let products: EventStore

beforeEach(() => {
  orders = inMemoryEventStore({ name: 'Orders' })
  products = inMemoryEventStore({ name: 'Products' })
  bind(Order, orders)
  bind(Product, products)
  dispatcher = new Dispatcher({ reactors: reactions, checkpoints })
})

/** Returns the stream's notice of an order's last event, with a type to react to. */
const told = ({ id, version }: Pick<Order, 'id' | 'version'>) => ({
  id,
  number: version,
  type: 'OrderPlaced',
})
const wake = ({ id, version }: Order, by = dispatcher) =>
  within(20_000, () => by.wake('Orders', [told({ id, version })]))

/** Returns an event as another process stores it. */
const stored = (id: string, number: number, event: { type: string }): StoredEvent => ({
  ...event,
  id,
  number,
  created: new Date().toISOString(),
  meta: { commandId: `another-${id}-${number}` },
})

/** Runs `first` once, directly before the next write to the store. */
function overtake(store: EventStore, first: () => Promise<unknown>) {
  const { append, transact } = store
  const come = async () => {
    Object.assign(store, { append, transact })
    await first()
  }
  Object.assign(store, {
    async append(...args: Parameters<typeof append>) {
      await come()
      return append(...args)
    },
    async transact(...args: Parameters<typeof transact>) {
      await come()
      return transact(...args)
    },
  })
}

async function stocked(amount: number): Promise<Product> {
  const product = new Product()
  await product.restock(amount)
  return product
}

async function placed({ id }: Product, quantity: number): Promise<Order> {
  const order = new Order()
  await order.place(id, quantity)
  return order
}

test('the ordered quantity is reserved, and the order is confirmed', async () => {
  const product = await stocked(5)
  const order = await placed(product, 3)
  await wake(order)
  await Promise.all([order.hydrate(), product.hydrate()])
  expect(order).toMatchObject({ status: 'confirmed', version: 2 })
  expect(product).toMatchObject({ quantity: 2, reserved: 3 })
  const [, reserved] = await product.events()
  expect(reserved).toMatchObject({ type: 'ProductReserved', quantity: 3, reference: order.id })
})

test('an order above the stock or of an unknown product is rejected with the reason', async () => {
  const product = await stocked(2)
  const order = await placed(product, 3)
  const elsewhere = await placed(new Product(), 1)
  await wake(order)
  await wake(elsewhere)
  await Promise.all([order.hydrate(), elsewhere.hydrate(), product.hydrate()])
  expect(order).toMatchObject({ status: 'rejected', reason: 'Only 2 of the product are left' })
  expect(elsewhere).toMatchObject({ status: 'rejected', reason: 'There is no such product' })
  expect(product).toMatchObject({ quantity: 2, version: 1 })
})

test('a rejected order stays rejected when it is handled again after a restock', async () => {
  const product = await stocked(1)
  const order = await placed(product, 3)
  await wake(order)
  await product.restock(10)
  // The checkpoints are new: every event is handled as if for the first time.
  const again = new Dispatcher({ reactors: reactions, checkpoints: inMemoryCheckpointStore() })
  await wake(order, again)
  await Promise.all([order.hydrate(), product.hydrate()])
  expect(order).toMatchObject({ status: 'rejected', version: 2 })
  expect(product).toMatchObject({ quantity: 11, reserved: 0 })
})

test('an order that is handled several times reserves and releases its products once', async () => {
  const product = await stocked(12)
  const [order, other] = [await placed(product, 3), await placed(product, 9)]
  await wake(order)
  await wake(other)
  await order.cancel()
  for (let time = 0; time < 3; time += 1) {
    const again = new Dispatcher({ reactors: reactions, checkpoints: inMemoryCheckpointStore() })
    await Promise.all([wake(order, again), wake(order)])
  }
  await product.hydrate()
  expect(product).toMatchObject({ quantity: 3, reserved: 9, version: 4 })
})

test('an order that is cancelled before its fulfilment reserves nothing', async () => {
  const product = await stocked(5)
  const order = await placed(product, 3)
  await order.cancel()
  await wake(order)
  await Promise.all([order.hydrate(), product.hydrate()])
  expect(order).toMatchObject({ status: 'cancelled', version: 2 })
  expect(product).toMatchObject({ quantity: 5, version: 1 })
})

test('an order that is cancelled during its fulfilment reserves nothing', async () => {
  const product = await stocked(5)
  const order = await placed(product, 3)
  const cancelled = { type: 'OrderCancelled', productId: product.id, reserved: 0 }
  overtake(orders, () => orders.append(stored(order.id, 2, cancelled)))
  await wake(order)
  await Promise.all([order.hydrate(), product.hydrate()])
  expect(order).toMatchObject({ status: 'cancelled', version: 2 })
  expect(product).toMatchObject({ quantity: 5, version: 1 })
})

test('an order that is confirmed during its cancellation releases its reservation', async () => {
  const product = await stocked(5)
  const order = await placed(product, 3)
  const reserved = { type: 'ProductReserved', quantity: 3, reference: order.id }
  overtake(orders, async () => {
    await orders.append(stored(order.id, 2, { type: 'OrderConfirmed' }))
    await products.append(stored(product.id, 2, reserved))
  })
  const [cancelled] = await order.cancel()
  expect(cancelled).toMatchObject({ number: 3, reserved: 3 })
  await wake(order)
  await product.hydrate()
  expect(product).toMatchObject({ quantity: 5, reserved: 0, version: 3 })
})

test('a rejection is decided again when a restock is committed first', async () => {
  const product = await stocked(1)
  const order = await placed(product, 3)
  const restocked = { type: 'ProductRestocked', amount: 2 }
  overtake(orders, () => products.append(stored(product.id, 2, restocked)))
  await wake(order)
  await Promise.all([order.hydrate(), product.hydrate()])
  expect(order).toMatchObject({ status: 'confirmed', version: 2 })
  expect(product).toMatchObject({ quantity: 0, reserved: 3 })
})

test('many orders never oversell a product', async () => {
  const products = await Promise.all([stocked(7), stocked(11)])
  const orders = await Promise.all(
    Array.from({ length: 40 }, (_, index) => placed(products[index % 2] ?? new Product(), 1)),
  )
  const others = new Dispatcher({ reactors: reactions, checkpoints })
  await within(20_000, () =>
    Promise.all([dispatcher, others].map((by) => by.wake('Orders', orders.map(told)))),
  )
  await Promise.all([...orders, ...products].map((it: AnyAggregate) => it.hydrate()))
  expect(products.map(({ quantity }) => quantity)).toEqual([0, 0])
  expect(orders.filter(({ status }) => status === 'confirmed')).toHaveLength(18)
  expect(orders.filter(({ status }) => status === 'rejected')).toHaveLength(22)
})
