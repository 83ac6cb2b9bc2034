import { given, history } from '../../lib/event-sourcing/testing/index.ts'
import { Order } from '../../lib/ordering/index.ts'
import { views } from '../../resolvers/ordering/views.ts'

const placed = (day: number) =>
  ({
    type: 'OrderPlaced',
    productId: '5cab1e5c-e0a2-4000-8000-000000000001',
    quantity: 1,
    created: `2030-01-0${day}T09:00:00.000Z`,
  }) as const

test('a user finds their own orders, the newest first', async () => {
  await given([
    history(Order, 'o1', [placed(1), { type: 'OrderConfirmed' }], { owner: 'alice' }),
    history(Order, 'o2', [placed(2)], { owner: 'alice' }),
    history(Order, 'o3', [placed(3)], { owner: 'bob' }),
    history(Order, 'o4', [placed(4)]),
  ]).expectView(views.ordersOfOwner, {
    key: 'alice',
    items: [
      { id: 'o2', status: 'placed' },
      { id: 'o1', status: 'confirmed', version: 2 },
    ],
  })
})
