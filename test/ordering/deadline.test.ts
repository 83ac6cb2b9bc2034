import { committed, given, givenReactor } from '../../lib/event-sourcing/testing/index.ts'
import { Order } from '../../lib/ordering/index.ts'
import { Product } from '../../lib/shopping/index.ts'
import { reactions } from '../../resolvers/ordering/reactions.ts'

const ORDER = 'b1f0f2a4-52a5-4f38-a9a5-1c6f0f4b8f11'
const PRODUCT = '7a3c1f5e-2f5b-4a43-9d0a-6d9f1c1b2a10'
const at = '2030-01-31T12:00:00.000Z'
const placed = { type: 'OrderPlaced', productId: PRODUCT, quantity: 2 } as const
const reason = 'Not fulfilled within a day'

test('an order that could not be fulfilled within a day is rejected', () =>
  givenReactor(reactions.deadline, { at })
    .when(ORDER, placed)
    .later({ hours: 24 })
    .expect({
      events: [committed(Order, ORDER, [{ type: 'OrderRejected', reason }])],
      wakeUps: [],
    }))

test('a pending order has a day', () =>
  givenReactor(reactions.deadline, { at })
    .when(ORDER, placed)
    .later({ hours: 23, minutes: 59 })
    .expect({
      events: [],
      wakeUps: [{ id: ORDER, name: 'unfulfilled', at: '2030-02-01T12:00:00.000Z' }],
    }))

test.each([
  { type: 'OrderConfirmed' },
  { type: 'OrderRejected', reason: 'sold out' },
  { type: 'OrderCancelled', productId: PRODUCT, reserved: 0 },
] as const)('the event $type ends the deadline', (event) =>
  givenReactor(reactions.deadline)
    .when(ORDER, placed)
    .when(ORDER, event)
    .later({ days: 2 })
    .expect({ events: [], wakeUps: [] }),
)

test('an order of a reactor that was paused has a day from its date on', () =>
  givenReactor(reactions.deadline, { at })
    .when(ORDER, { ...placed, created: '2030-01-31T11:59:00.000Z' })
    .expect({ wakeUps: [{ at: '2030-02-01T11:59:00.000Z' }] }))

test('a sold-out order is rejected at once', () =>
  givenReactor(reactions.fulfilment)
    .with(Product, PRODUCT, [{ type: 'ProductRestocked', amount: 1 }])
    .when(ORDER, placed)
    .expect({ events: [committed(Order, ORDER, [{ type: 'OrderRejected' }])], wakeUps: [] }))

test('an order and its products are confirmed together', () =>
  givenReactor(reactions.fulfilment)
    .with(Product, PRODUCT, [{ type: 'ProductRestocked', amount: 5 }])
    .when(ORDER, placed)
    .expect({
      events: [
        committed(Order, ORDER, [{ type: 'OrderConfirmed' }]),
        committed(Product, PRODUCT, [{ type: 'ProductReserved', quantity: 2 }]),
      ],
    }))

test('a pending order expires', () =>
  given(Order, [placed])
    .when((order) => order.expire())
    .expect({ events: [{ type: 'OrderRejected', reason }] }))

test('a confirmed order does not expire', () =>
  given(Order, [placed, { type: 'OrderConfirmed' }])
    .when((order) => order.expire())
    .expect({ events: [], state: { status: 'confirmed' } }))
