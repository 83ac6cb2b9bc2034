import { given } from '../../lib/event-sourcing/testing/index.ts'
import { Product } from '../../lib/shopping/index.ts'

const restocked = (amount: number) => ({ type: 'ProductRestocked', amount }) as const
const reserved = { type: 'ProductReserved', quantity: 1 } as const

test('a restocked product is available', () =>
  given(Product)
    .when((product) => product.restock(3))
    .expect({ events: [restocked(3)], state: { quantity: 3, status: 'available', version: 1 } }))

test('a restock adds to what is there', () =>
  given(Product, [restocked(3), reserved])
    .when((product) => product.restock(2))
    .expect({ events: [restocked(2)], state: { quantity: 4, version: 3 } }))

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'a restock of %p is refused',
  (amount) =>
    given(Product, [restocked(3)])
      .when((product) => product.restock(amount))
      .expect({ refusal: 'InvalidAmount', state: { quantity: 3 } }),
)

test('a product holds no more than the API can show', () =>
  given(Product, [restocked(2 ** 31 - 1)])
    .when((product) => product.restock(1))
    .expect({ refusal: 'InvalidAmount' }))

test('a reservation takes one', () =>
  given(Product, [restocked(2)])
    .when((product) => product.reserve())
    .expect({ events: [reserved], state: { quantity: 1, status: 'available' } }))

test('the last reservation makes it sold out', () =>
  given(Product, [restocked(1)])
    .when((product) => product.reserve())
    .expect({ events: [reserved], state: { quantity: 0, status: 'sold-out' } }))

test('what is not there is never sold', () =>
  given(Product, [restocked(1), reserved])
    .when((product) => product.reserve())
    .expect({ refusal: 'SoldOut', state: { quantity: 0, version: 2 } }))

test('a sold-out product is available again after a restock', () =>
  given(Product, [restocked(1), reserved])
    .when((product) => product.restock(1))
    .expect({ events: [restocked(1)], state: { quantity: 1, status: 'available' } }))
