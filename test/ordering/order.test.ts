import { given } from '../../lib/event-sourcing/testing/index.ts'
import { Order } from '../../lib/ordering/index.ts'

const productId = '7a3c1f5e-2f5b-4a43-9d0a-6d9f1c1b2a10'
const placed = { type: 'OrderPlaced', productId, quantity: 2 } as const
const confirmed = { type: 'OrderConfirmed' } as const
const rejected = { type: 'OrderRejected', reason: 'sold out' } as const

test('a new order is placed', () =>
  given(Order)
    .when((order) => order.place(productId, 2))
    .expect({ events: [placed], state: { status: 'placed', productId, quantity: 2 } }))

test('an order can be placed only once', () =>
  given(Order, [placed])
    .when((order) => order.place(productId, 2))
    .expect({ refusal: 'OrderExists' }))

test.each([0, -1, 1.5, Number.NaN])('an order of %p is rejected', (quantity) =>
  given(Order)
    .when((order) => order.place(productId, quantity))
    .expect({ refusal: 'InvalidOrderQuantity' }),
)

test('the cancellation of a pending order releases nothing', () =>
  given(Order, [placed])
    .when((order) => order.cancel())
    .expect({
      events: [{ type: 'OrderCancelled', productId, reserved: 0 }],
      state: { status: 'cancelled' },
    }))

test('the cancellation of a confirmed order releases the reserved quantity', () =>
  given(Order, [placed, confirmed])
    .when((order) => order.cancel())
    .expect({ events: [{ type: 'OrderCancelled', productId, reserved: 2 }] }))

test.each([
  ['rejected', [placed, rejected]],
  ['cancelled', [placed, { type: 'OrderCancelled', productId, reserved: 0 }]],
] as const)('a %s order cannot be cancelled', (_, events) =>
  given(Order, events)
    .when((order) => order.cancel())
    .expect({ refusal: 'OrderNotOpen' }),
)

test('an order that was never placed cannot be cancelled', () =>
  given(Order)
    .when((order) => order.cancel())
    .expect({ refusal: 'ResourceNotFound' }))
