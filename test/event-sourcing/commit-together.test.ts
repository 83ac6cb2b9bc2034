import {
  Aggregate,
  bind,
  CommandIdReused,
  commitTogether,
  dynamoDBEventStore,
  type Event,
  type EventHandlers,
  EventRejected,
  type EventStore,
  InvalidArgument,
  inMemoryEventStore,
  VersionConflict,
  within,
} from '../../lib/event-sourcing/index.ts'
import { Product, SoldOut } from '../../lib/shopping/index.ts'
import { clientFor } from '../support/client.ts'
import { countCalls } from '../support/counting-store.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { refusal } from '../support/refusal.ts'

interface Placed extends Event {
  readonly type: 'Placed'
}
interface Confirmed extends Event {
  readonly type: 'Confirmed'
}
class Order extends Aggregate<Placed | Confirmed> implements EventHandlers<Placed | Confirmed> {
  status = ''
  onPlaced() {
    this.status = 'placed'
  }
  onConfirmed() {
    this.status = 'confirmed'
  }
}
/** Other processes, which hold nothing of what these do. */
class ProductElsewhere extends Product {}
class OrderElsewhere extends Order {}

const dynamodb = withDynamoDB()
const onDynamoDB = async () =>
  dynamoDBEventStore({ tableName: await dynamodb.newTable(), client: dynamodb.client })
const stores: readonly [string, () => Promise<EventStore>][] = [
  ['in memory', async () => inMemoryEventStore()],
  ['on DynamoDB', onDynamoDB],
]

const confirm = (product: Product, order: Order, commandId?: string) =>
  commitTogether(
    [product, order],
    ([{ quantity }]) => {
      if (quantity === 0) throw new SoldOut('There is none left')
      return [{ type: 'ProductReserved', quantity: 1 }, { type: 'Confirmed' }]
    },
    { commandId, command: 'confirm' },
  )

describe.each(stores)('%s', (_, newStore) => {
  let product: Product
  let order: Order

  beforeEach(async () => {
    const [products, orders] = [await newStore(), await newStore()]
    for (const Class of [Product, ProductElsewhere]) bind(Class, products)
    for (const Class of [Order, OrderElsewhere]) bind(Class, orders)
    product = new Product()
    order = new Order()
    await product.restock(1)
    await order.commit({ type: 'Placed' })
  })

  const stored = async () => {
    const [found, placed] = [await Product.findOne(product.id), await Order.findOne(order.id)]
    return { quantity: found.quantity, status: placed.status }
  }

  test('resources of several types are given events, all or none', async () => {
    const [[reserved], [confirmed]] = await confirm(product, order, 'c')
    expect(reserved).toMatchObject({ type: 'ProductReserved', number: 2 })
    expect(confirmed).toMatchObject({ type: 'Confirmed', number: 2 })
    expect(reserved?.meta).toMatchObject({ commandId: 'c', resources: 2 })
    expect([product.quantity, order.status]).toEqual([0, 'confirmed'])
    expect(await stored()).toEqual({ quantity: 0, status: 'confirmed' })
    const another = new Order()
    await another.commit({ type: 'Placed' })
    await refusal(confirm(product, another), SoldOut)
    expect(await Order.findOne(another.id)).toMatchObject({ status: 'placed', version: 1 })
  })

  test('where one of them has moved, all is decided anew', async () => {
    await new ProductElsewhere(product.id).restock(1)
    await confirm(product, order)
    expect(product).toMatchObject({ version: 3, quantity: 1 })
    await new ProductElsewhere(product.id).reserve()
    const another = new Order()
    await refusal(confirm(new Product(product.id), another), SoldOut)
    expect(await another.events()).toEqual([])
  })

  test('a resource that gets no event must not have moved either', async () => {
    await new ProductElsewhere(product.id).reserve()
    const decisions: number[] = []
    await commitTogether([product, order], ([{ quantity }]) => {
      decisions.push(quantity)
      if (quantity === 0) return [undefined, { type: 'Placed' }]
      return [undefined, { type: 'Confirmed' }]
    })
    expect(decisions).toEqual([1, 0])
    expect(await stored()).toEqual({ quantity: 0, status: 'placed' })
    expect(await product.events()).toHaveLength(2)
  })

  test('repeated, from another process too, it gives the events of then', async () => {
    const committed = await confirm(product, order, 'c')
    await new Product(product.id).restock(5)
    const elsewhere = [new ProductElsewhere(product.id), new OrderElsewhere(order.id)] as const
    expect(await confirm(...elsewhere, 'c')).toEqual(committed)
    expect(await confirm(product, order, 'c')).toEqual(committed)
    expect(await order.events()).toHaveLength(2)
  })

  test('another command under the id is CommandIdReused, also where it has no name', async () => {
    const other = new Product()
    const move = (amount: number) => () =>
      [
        { type: 'ProductReserved', quantity: 1 },
        { type: 'ProductRestocked', amount },
      ] as const
    const command = { commandId: 'move' }
    const moved = await commitTogether([product, other], move(1), command)
    await product.restock(5)
    for (const [from, to] of [
      [product, other],
      [new ProductElsewhere(product.id), new ProductElsewhere(other.id)],
    ] as const) {
      expect(await commitTogether([from, to], move(1), command)).toEqual(moved)
      const { data } = await refusal(commitTogether([from, to], move(2), command), CommandIdReused)
      expect(data).toEqual({ id: product.id, number: 2, commandId: 'move' })
    }
    expect(await other.events()).toHaveLength(1)
  })

  test('many at once on few products: never oversold, none lost, none doubled', async () => {
    await product.restock(4)
    const orders = Array.from({ length: 12 }, () => new Order())
    const results = await Promise.allSettled(
      orders.map((one, index) =>
        confirm(new (index % 2 ? Product : ProductElsewhere)(product.id), one),
      ),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    const lengths = await Promise.all(orders.map(async (one) => (await one.events()).length))
    expect(lengths.reduce((sum, length) => sum + length)).toBe(5)
    expect((await stored()).quantity).toBe(0)
  })
})

test('where the time is over, the conflict names the losers', async () => {
  const store = inMemoryEventStore()
  bind(Product, store)
  bind(ProductElsewhere, store)
  bind(Order, store)
  const { transact } = store
  const { id } = new Product()
  // Somebody else is always first.
  const overtaken: typeof transact = async (steps) => {
    await new ProductElsewhere(id).restock(1)
    return transact(steps)
  }
  Object.assign(store, { transact: overtaken })
  const order = new Order()
  await new Product(id).restock(1)
  const { data } = await refusal(
    within(100, () => confirm(new Product(id), order)),
    VersionConflict,
  )
  expect(data).toMatchObject({ id, losers: [id] })
  expect(await order.events()).toEqual([])
})

describe('write skew', () => {
  interface Left extends Event {
    readonly type: 'Left'
  }
  interface Came extends Event {
    readonly type: 'Came'
  }
  /** Of two doctors one has to be on call. */
  class Doctor extends Aggregate<Left | Came> implements EventHandlers<Left | Came> {
    onCall = false
    leave(other: Doctor, isGuarded: boolean) {
      const leave = (stayer: Doctor) => {
        if (!stayer.onCall) throw new EventRejected('One has to stay')
        return { type: 'Left' } as const
      }
      return isGuarded
        ? this.commit((_, stayer) => leave(stayer), { reads: [other] })
        : this.commit(() => leave(other))
    }
    onLeft() {
      this.onCall = false
    }
    onCame() {
      this.onCall = true
    }
  }

  /** Both have decided before either has put. */
  async function bothLeave(isGuarded: boolean) {
    const store = inMemoryEventStore()
    class DoctorElsewhere extends Doctor {}
    for (const Class of [Doctor, DoctorElsewhere]) bind(Class, store)
    const [one, other] = [new Doctor(), new Doctor()]
    for (const doctor of [one, other]) await doctor.commit({ type: 'Came' })
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    // The next commits wait for each other; those after them do not.
    const { append, transact } = store
    let waiting = 0
    const together = async () => {
      waiting += 1
      if (waiting === 2) release()
      await released
    }
    Object.assign(store, {
      append: async (...args: Parameters<typeof append>) => together().then(() => append(...args)),
      transact: async (...args: Parameters<typeof transact>) =>
        together().then(() => transact(...args)),
    })
    const pairs = [
      [await Doctor.findOne(one.id), await Doctor.findOne(other.id)],
      [await DoctorElsewhere.findOne(other.id), await DoctorElsewhere.findOne(one.id)],
    ] as const
    const results = await Promise.allSettled(
      pairs.map(([leaver, stayer]) => leaver.leave(stayer, isGuarded)),
    )
    const onCall = [await Doctor.findOne(one.id), await Doctor.findOne(other.id)]
    return { results, onCall: onCall.filter((doctor) => doctor.onCall).length }
  }

  test('without reads, two commands that look at each other’s resource break the rule', async () => {
    expect((await bothLeave(false)).onCall).toBe(0)
  })

  test('with reads, one of them is decided anew, and refused', async () => {
    const { results, onCall } = await bothLeave(true)
    expect(onCall).toBe(1)
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'EventRejected' },
    })
  })
})

test('a rule gets up-to-date copies of the resources it reads; the instances change afterwards', async () => {
  bind(Product, inMemoryEventStore())
  const [product, read] = [new Product(), new Product()]
  await read.restock(1)
  const elsewhere = await Product.findOne(read.id)
  await elsewhere.restock(2)
  const seen: object[] = []
  await product.commit(
    (_, copy) => {
      seen.push({ copy: copy.quantity, instance: read.quantity })
      copy.quantity = 100
      return { type: 'ProductRestocked', amount: copy.version }
    },
    { reads: [read] },
  )
  expect(seen).toContainEqual({ copy: 3, instance: 1 })
  expect(seen.every((each) => 'instance' in each && each.instance === 1)).toBe(true)
  expect([product, read]).toMatchObject([{ quantity: 2 }, { quantity: 3, version: 2 }])
})

test('a refusal rests on what the resources were at one moment', async () => {
  const store = inMemoryEventStore()
  for (const Class of [Product, ProductElsewhere]) bind(Class, store, { held: 0 })
  const [from, to] = [new ProductElsewhere(), new ProductElsewhere()]
  await from.restock(1)
  const { history } = store
  let isMoved = false
  // One of them is read before something moves from it to the other one, which is read after it.
  const around: typeof history = async function* (id, range) {
    if (id === to.id && !isMoved) {
      isMoved = true
      await commitTogether([from, to], () => [
        { type: 'ProductReserved', quantity: 1 },
        { type: 'ProductRestocked', amount: 1 },
      ])
    }
    yield* history(id, range)
  }
  Object.assign(store, { history: around })
  const sums: number[] = []
  const counted = commitTogether([new Product(from.id), new Product(to.id)], ([one, other]) => {
    const sum = one.quantity + other.quantity
    sums.push(sum)
    if (sum !== 1) throw new Error(`There are ${sum}`)
    return undefined
  })
  expect(await counted).toEqual([[], []])
  expect(sums).toContain(2)
})

test('a resource is named once, and all are in stores of one kind', async () => {
  bind(Product, inMemoryEventStore())
  bind(Order, await onDynamoDB())
  const product = new Product()
  const twice = commitTogether([product, new Product(product.id)], () => [undefined, undefined])
  await refusal(twice, InvalidArgument)
  const mixed = commitTogether([new Order(), product], () => [
    { type: 'Placed' },
    { type: 'ProductRestocked', amount: 1 },
  ])
  await expect(mixed).rejects.toThrow(/another kind/)
})

test('one client reaches all tables of a transaction', async () => {
  const client = clientFor(dynamodb.endpoint)
  bind(Product, dynamoDBEventStore({ tableName: await dynamodb.newTable(), client }))
  bind(Order, await onDynamoDB())
  const order = new Order()
  const both = commitTogether([order, new Product()], () => [
    { type: 'Placed' },
    { type: 'ProductRestocked', amount: 1 },
  ])
  await expect(both).rejects.toThrow(/another client/)
  expect(await order.events()).toEqual([])
  client.destroy()
})

test('commits that name the same resources in another order do not wait for each other', async () => {
  bind(Product, inMemoryEventStore())
  const [one, other] = [new Product(), new Product()]
  const restocked = { type: 'ProductRestocked', amount: 1 } as const
  const both = Array.from({ length: 20 }, (_, index) =>
    commitTogether(index % 2 ? [one, other] : [other, one], () => [restocked, restocked]),
  )
  const each = [one, other].map((product, index, all) =>
    product.commit(() => restocked, { reads: [all[1 - index] ?? product] }),
  )
  await Promise.all([...both, ...each])
  expect([one, other]).toMatchObject([{ quantity: 21 }, { quantity: 21 }])
})

test('it is one request to the store', async () => {
  const store = inMemoryEventStore()
  const calls = countCalls(store)
  bind(Product, store)
  const restocked = { type: 'ProductRestocked', amount: 1 } as const
  const [one, other] = [new Product(), new Product()]
  await commitTogether([one, other], () => [restocked, [restocked, restocked]])
  await commitTogether([one, other], () => [restocked, undefined])
  expect(calls).toMatchObject({ append: 2, history: 0 })
})
