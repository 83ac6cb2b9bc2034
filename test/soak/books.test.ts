import type { Checkpoint } from '../../lib/event-sourcing/reactions/index.ts'
import { audit, type Books, type StoredEvent, unhandled } from './books.ts'
import type { Command } from './customers.ts'

// What the soak would say if something were wrong.

const order = 'order'
const product = 'product'

const numbered = (id: string, events: readonly object[]): StoredEvent[] =>
  events.map((event, index) => ({
    id,
    number: index + 1,
    type: '',
    commandId: `${id}-${index + 1}`,
    ...event,
  }))

const restocked = { type: 'ProductRestocked', amount: 5 }
const reserved = { type: 'ProductReserved', quantity: 3, reference: order }
const released = { type: 'ProductReleased', quantity: 3, reference: order }
const placed = { type: 'OrderPlaced', productId: product, quantity: 3 }
const confirmed = { type: 'OrderConfirmed' }
const cancelled = { type: 'OrderCancelled', reserved: 3 }

function problems(ofProduct: object[], ofOrder: object[], change: Partial<Books> = {}): string[] {
  const events = numbered(product, ofProduct)
  const left = events.reduce(
    (sum, { type, amount = 0, quantity = 0 }) =>
      sum + (type === 'ProductReserved' ? -quantity : amount + quantity),
    0,
  )
  return audit({
    products: new Map([[product, events]]),
    orders: new Map([[order, numbered(order, ofOrder)]]),
    left: new Map([[product, left]]),
    commands: [],
    ...change,
  })
}

test.each([
  ['confirmed', [restocked, reserved], [placed, confirmed]],
  ['rejected', [restocked], [placed, { type: 'OrderRejected' }]],
  ['cancelled at once', [restocked], [placed, { ...cancelled, reserved: 0 }]],
  ['cancelled later', [restocked, reserved, released], [placed, confirmed, cancelled]],
])('an order that is %s is in order', (_, ofProduct, ofOrder) =>
  expect(problems(ofProduct, ofOrder)).toEqual([]),
)

test.each([
  ['a gap', [{ ...restocked, number: 2 }], [placed, cancelled], /event 2 stands at place 1/],
  [
    'an event twice',
    [restocked, reserved],
    [placed, { ...confirmed, number: 1 }],
    /event 1 stands/,
  ],
  ['an order that hangs', [restocked], [placed], /hangs/],
  ['an order out of nothing', [restocked], [cancelled], /begins with OrderCancelled/],
  ['too much sold', [reserved, restocked], [placed, confirmed], /oversold by event 1/],
  ['a lost reservation', [restocked], [placed, confirmed], /0 are reserved, not 3/],
  [
    'a doubled one',
    [{ ...restocked, amount: 9 }, reserved, reserved],
    [placed, confirmed],
    /6 are/,
  ],
  ['one for nothing', [restocked, reserved], [placed, { type: 'OrderRejected' }], /3 are reserved/],
  ['a lost release', [restocked, reserved], [placed, confirmed, cancelled], /0 are released/],
  [
    'a doubled release',
    [restocked, reserved, released, released],
    [placed, confirmed, cancelled],
    /6 are released, not 3/,
  ],
])('the books tell of %s', (_, ofProduct, ofOrder, problem) =>
  expect(problems(ofProduct, ofOrder)).toEqual([expect.stringMatching(problem)]),
)

test('the books tell of a stock that the API has another idea of', () =>
  expect(
    problems([restocked, reserved], [placed, confirmed], { left: new Map([[product, 5]]) }),
  ).toEqual(['product: 2 are left, not 5']))

test('the books tell of a reservation of another product', () => {
  const products = new Map([
    [product, numbered(product, [restocked, reserved])],
    ['other', numbered('other', [restocked, reserved])],
  ])
  const left = new Map([product, 'other'].map((id) => [id, 2]))
  expect(problems([], [placed, confirmed], { products, left })).toEqual([
    'order: another product was reserved for it',
  ])
})

test.each<[string, Partial<Command>, number]>([
  ['accepted and lost', { commandId: 'lost', result: { id: product } }, 0],
  ['refused and stored', { commandId: `${product}-1`, refusal: 'SoldOut' }, 1],
])('the books tell of a command that was %s', (_, command, times) => {
  const commands: Command[] = [
    { commandId: '', field: 'restockProduct', input: {}, tries: 1, ...command },
  ]
  expect(problems([restocked, reserved], [placed, confirmed], { commands })).toEqual([
    expect.stringContaining(`is stored ${times} times`),
  ])
})

test('the books tell of an event that the reactor has not handled', () => {
  const orders = new Map([[order, numbered(order, [placed, confirmed, cancelled])]])
  const checkpoint = {
    reactor: 'fulfilment',
    id: order,
    seen: 3,
    generation: 1,
    attempts: 0,
    revision: 1,
  }
  const at = (more: Partial<Checkpoint>) =>
    unhandled(orders, new Map([[order, { ...checkpoint, handled: 3, ...more }]]))
  expect(at({})).toEqual([])
  expect(at({ handled: 2 })).toHaveLength(1)
  expect(at({ skipped: [{ number: 3, reason: 'on purpose', at: '' }] })).toHaveLength(1)
  expect(unhandled(orders, new Map())).toHaveLength(1)
})
