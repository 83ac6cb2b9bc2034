import { bind, inMemoryEventStore } from '../../lib/event-sourcing/index.ts'
import { given } from '../../lib/event-sourcing/testing/index.ts'
import { Product } from '../../lib/shopping/index.ts'

const restocked = (amount: number) => ({ type: 'ProductRestocked', amount }) as const
const reserved = { type: 'ProductReserved', quantity: 1 } as const

test('a restocked product is available', () =>
  given(Product)
    .when((product) => product.restock(3))
    .expect({ events: [restocked(3)], state: { quantity: 3, status: 'available', version: 1 } }))

test('a restock adds to the quantity', () =>
  given(Product, [restocked(3), reserved])
    .when((product) => product.restock(2))
    .expect({ events: [restocked(2)], state: { quantity: 4, version: 3 } }))

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'a restock of %p is rejected',
  (amount) =>
    given(Product, [restocked(3)])
      .when((product) => product.restock(amount))
      .expect({ refusal: 'InvalidAmount', state: { quantity: 3 } }),
)

test('a restock above the API’s maximum is rejected', () =>
  given(Product, [restocked(2 ** 31 - 1)])
    .when((product) => product.restock(1))
    .expect({ refusal: 'InvalidAmount' }))

test('a restock is rejected when stock and reservations together exceed the API’s maximum', () =>
  given(Product, [restocked(2 ** 31 - 1), reserved])
    .when((product) => product.restock(1))
    .expect({ refusal: 'InvalidAmount' }))

test('a reservation takes one item', () =>
  given(Product, [restocked(2)])
    .when((product) => product.reserve())
    .expect({ events: [reserved], state: { quantity: 1, status: 'available' } }))

test('the last reservation makes the product sold out', () =>
  given(Product, [restocked(1)])
    .when((product) => product.reserve())
    .expect({ events: [reserved], state: { quantity: 0, status: 'sold-out' } }))

test('a product is never oversold', () =>
  given(Product, [restocked(1), reserved])
    .when((product) => product.reserve())
    .expect({ refusal: 'SoldOut', state: { quantity: 0, version: 2 } }))

test('a sold-out product is available again after a restock', () =>
  given(Product, [restocked(1), reserved])
    .when((product) => product.restock(1))
    .expect({ events: [restocked(1)], state: { quantity: 1, status: 'available' } }))

test('several items are reserved at once, with a reference', () =>
  given(Product, [restocked(5)])
    .when((product) => product.reserve({ quantity: 3, reference: 'an order' }))
    .expect({
      events: [{ type: 'ProductReserved', quantity: 3, reference: 'an order' }],
      state: { quantity: 2, reserved: 3 },
    }))

test('a reservation of more than the stock is rejected', () =>
  given(Product, [restocked(2)])
    .when((product) => product.reserve({ quantity: 3 }))
    .expect({ refusal: 'SoldOut', state: { quantity: 2 } }))

test('a released item is available again', () =>
  given(Product, [restocked(1), reserved])
    .when((product) => product.release({ reference: 'an order' }))
    .expect({
      events: [{ type: 'ProductReleased', quantity: 1, reference: 'an order' }],
      state: { quantity: 1, reserved: 0, status: 'available' },
    }))

test('a release of more than the reserved quantity is rejected', () =>
  given(Product, [restocked(2), reserved])
    .when((product) => product.release({ quantity: 2 }))
    .expect({ refusal: 'NotReserved' }))

test.each([0, -1, 1.5, Number.NaN])(
  'a reservation or release of %p is rejected',
  async (quantity) => {
    await given(Product, [restocked(3), reserved])
      .when((product) => product.reserve({ quantity }))
      .expect({ refusal: 'InvalidQuantity' })
    await given(Product, [restocked(3), reserved])
      .when((product) => product.release({ quantity }))
      .expect({ refusal: 'InvalidQuantity' })
  },
)

test('an old reservation without a quantity counts as one item', async () => {
  const store = inMemoryEventStore()
  bind(Product, store)
  const old = { type: 'ProductReserved', created: '2026-01-01T00:00:00.000Z' }
  const meta = { commandId: 'a' }
  await store.append({
    ...restocked(3),
    ...old,
    type: 'ProductRestocked',
    id: 'a',
    number: 1,
    meta,
  })
  await store.append({ ...old, id: 'a', number: 2, meta })
  const product = await Product.findOne('a')
  expect(product).toMatchObject({ quantity: 2, reserved: 1 })
  expect(await product.events({ after: 1 })).toMatchObject([{ quantity: 1 }])
})
