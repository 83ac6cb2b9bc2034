import { given, history } from '../../lib/event-sourcing/testing/index.ts'
import { Product } from '../../lib/shopping/index.ts'
import { views } from '../../resolvers/shopping/views.ts'

test('a product without stock is listed as sold out', async () => {
  await given(Product, [
    { type: 'ProductRestocked', amount: 1 },
    { type: 'ProductReserved', quantity: 1 },
  ]).expectView(views.productsByStatus, { key: 'sold-out', items: [{ quantity: 0 }] })
})

test('products are listed by their quantity', async () => {
  await given([
    history(Product, 'p1', [{ type: 'ProductRestocked', amount: 9 }]),
    history(Product, 'p2', [{ type: 'ProductRestocked', amount: 2 }]),
  ]).expectView(views.productsByStatus, { key: 'available', items: [{ id: 'p2' }, { id: 'p1' }] })
})

test('the reservations of all products of a day are counted, and releases are not', async () => {
  const created = '2030-01-01T09:00:00.000Z'
  const reserved = { type: 'ProductReserved', quantity: 2, created } as const
  const released = { type: 'ProductReleased', quantity: 1, created } as const
  await given([
    history(Product, 'p1', [reserved, released]),
    history(Product, 'p2', [reserved]),
  ]).expectView(views.reservedByDay, { key: '2030-01-01', items: [{ reserved: 4 }] })
})
