import {
  Aggregate,
  bind,
  type Event,
  inMemoryEventStore,
  type Resource,
} from '../../lib/event-sourcing/index.ts'

// The shopping example of the original project, with its own code: a base interface whose type is
// a union, a constructor that passes the id on, rules that throw inside handlers.

interface ProductResource extends Resource {
  status?: 'available' | 'sold-out'
  quantity?: number
}

interface ProductEvent extends Event {
  type: 'ProductReserved' | 'ProductRestocked'
}

interface ProductReservedEvent extends ProductEvent {
  type: 'ProductReserved'
}

interface ProductRestockedEvent extends ProductEvent {
  type: 'ProductRestocked'
  amount: number
}

class Product extends Aggregate<ProductEvent> implements ProductResource {
  status?: 'available' | 'sold-out'
  quantity?: number
  constructor(id?: string) {
    super(id)
  }
  onProductReserved(_event: ProductReservedEvent) {
    if (!this.quantity || this.status === 'sold-out') throw new Error('Failed to apply the event.')
    this.quantity -= 1
    this.status = this.quantity > 0 ? 'available' : 'sold-out'
  }
  onProductRestocked(event: ProductRestockedEvent) {
    if (event.amount === 0) throw new Error('Failed to apply the event.')
    if (!this.quantity) this.quantity = 0
    this.quantity += event.amount
    this.status = 'available'
  }
}

async function restock(id: string, amount: number) {
  const product = new Product(id)
  await product.hydrate()
  const event: ProductRestockedEvent = {
    number: product.version + 1,
    type: 'ProductRestocked',
    created: new Date().toISOString(),
    amount,
  }
  await product.commit(event)
}

async function buy(id: string) {
  // Create a new aggregate instance with the product id
  const product = new Product(id)
  // Hydrate the aggregate (get the latest events and state)
  await product.hydrate()
  // Create the new event
  const event: ProductReservedEvent = {
    number: product.version + 1,
    type: 'ProductReserved',
    created: new Date().toISOString(),
  }
  // Commit the event to the Product aggregate
  await product.commit(event)
  return product
}

beforeEach(() => bind(Product, inMemoryEventStore()))

test('a purchase takes one item and updates the status', async () => {
  const { id } = new Product()
  await restock(id, 2)
  expect(await buy(id)).toMatchObject({ quantity: 1, status: 'available', version: 2 })
  expect(await buy(id)).toMatchObject({ quantity: 0, status: 'sold-out', version: 3 })
})

test('a purchase of a sold-out product is rejected', async () => {
  const { id } = new Product()
  await restock(id, 1)
  await buy(id)
  await expect(buy(id)).rejects.toMatchObject({
    code: 'EventRejected',
    cause: new Error('Failed to apply the event.'),
  })
  const product = await Product.findOne(id)
  expect(product).toMatchObject({ quantity: 0, status: 'sold-out', version: 2 })
  expect(await product.events()).toHaveLength(2)
})

test('a new resource has a random UUID', () => {
  expect(new Product().id).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  )
  expect(new Product().id).not.toBe(new Product().id)
})

test('one of two updates to the same version fails with VersionConflict', async () => {
  const { id } = new Product()
  await restock(id, 5)
  const results = await Promise.allSettled([buy(id), buy(id)])
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'VersionConflict', data: { id, expectedVersion: 1, actualVersion: 2 } },
  })
  expect(await Product.findOne(id)).toMatchObject({ quantity: 4 })
})

test('findAll retrieves all resources with up-to-date state', async () => {
  const ids = [new Product().id, new Product().id]
  for (const id of ids) await restock(id, 1)
  const { items } = await Product.findAll()
  expect(items.map(({ id, quantity }) => [id, quantity]).sort()).toEqual(
    ids.map((id) => [id, 1]).sort(),
  )
})

test('apply calls the handler of the event type', () => {
  const product = new Product()
  const event: ProductRestockedEvent = {
    number: 1,
    type: 'ProductRestocked',
    created: new Date().toISOString(),
    amount: 7,
  }
  product.apply(event)
  expect(product).toMatchObject({ quantity: 7, version: 1 })
})
