import { randomUUID } from 'node:crypto'
import {
  bind,
  CommandIdReused,
  dynamoDBEventStore,
  type EventStore,
  InvalidArgument,
  inMemoryEventStore,
} from '../../lib/event-sourcing/index.ts'
import { Product } from '../../lib/shopping/index.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { refusal } from '../support/refusal.ts'

/** Another process: it shares the store, and nothing that is held. */
class Elsewhere extends Product {}

const dynamodb = withDynamoDB()
const restocked = (amount: number) => ({ type: 'ProductRestocked', amount }) as const
const reserved = { type: 'ProductReserved', quantity: 1 } as const

const stores: readonly [string, () => Promise<EventStore>][] = [
  ['in memory', async () => inMemoryEventStore({ pageSize: 2 })],
  [
    'on DynamoDB',
    async () =>
      dynamoDBEventStore({ tableName: await dynamodb.newTable(), client: dynamodb.client }),
  ],
]

describe.each(stores)('%s', (_, newStore) => {
  let id: string

  beforeEach(async () => {
    const store = await newStore()
    bind(Product, store)
    bind(Elsewhere, store, { held: 0 })
    id = randomUUID()
    await new Product(id).restock(10)
  })

  const length = async () => (await new Product(id).events()).length

  test('a command that is repeated gives the events of then, and commits nothing more', async () => {
    const command = { commandId: 'c' }
    const first = await new Product(id).reserve(command)
    expect(first).toHaveLength(1)
    expect(await new Product(id).reserve(command)).toEqual(first)
    await new Elsewhere(id).restock(1)
    const later = new Product(id)
    expect(await later.reserve(command)).toEqual(first)
    expect(await new Elsewhere(id).reserve(command)).toEqual(first)
    expect(await new Elsewhere(id).reserve({ ...command, expectedVersion: 1 })).toEqual(first)
    expect(await length()).toBe(3)
  })

  test('repeated at once, from several processes, it is committed once', async () => {
    const commands = Array.from({ length: 16 }, (_, index) =>
      new (index % 2 ? Product : Elsewhere)(id).reserve({ commandId: 'c' }),
    )
    const [first, ...others] = await Promise.all(commands)
    for (const other of others) expect(other).toEqual(first)
    expect(await length()).toBe(2)
  })

  test('a create that is repeated makes one resource', async () => {
    const newId = randomUUID()
    const create = (Class: typeof Product) => new Class(newId).restock(3, { commandId: 'create' })
    const [one, other] = await Promise.all([create(Product), create(Elsewhere)])
    expect(one).toEqual(other)
    expect(await Product.findOne(newId)).toMatchObject({ version: 1, quantity: 3 })
  })

  test('another command under the id is CommandIdReused, and commits nothing', async () => {
    await new Product(id).restock(3, { commandId: 'decided' })
    await new Product(id).commit(restocked(3), { commandId: 'given' })
    await new Product(id).commit([restocked(3), reserved], { commandId: 'several' })
    const options = { commandId: 'named', command: ['restock', 3] }
    await new Product(id).restock(3, options)
    const others = [
      ['decided', 2, (it: Product) => it.restock(4, { commandId: 'decided' })],
      ['decided', 2, (it: Product) => it.reserve({ commandId: 'decided' })],
      ['given', 3, (it: Product) => it.commit(restocked(4), { commandId: 'given' })],
      ['several', 4, (it: Product) => it.commit(restocked(3), { commandId: 'several' })],
      ['named', 6, (it: Product) => it.restock(3, { ...options, command: ['restock', 4] })],
    ] as const
    for (const Class of [Product, Elsewhere]) {
      for (const [commandId, number, command] of others) {
        const { data } = await refusal(command(new Class(id)), CommandIdReused)
        expect(data).toEqual({ id, number, commandId })
      }
    }
    expect(await length()).toBe(6)
  })

  test('several events of one command are given again together', async () => {
    const command = { commandId: 'c' }
    const events = [restocked(1), reserved, restocked(2)]
    const first = await new Product(id).commit(events, command)
    expect(first.map(({ number }) => number)).toEqual([2, 3, 4])
    expect(await new Elsewhere(id).commit(events, command)).toEqual(first)
    expect(await length()).toBe(4)
  })

  test('a refusal is decided anew', async () => {
    const sold = randomUUID()
    const reserve = () => new Product(sold).reserve({ commandId: 'c' })
    await expect(reserve()).rejects.toMatchObject({ code: 'SoldOut' })
    await new Elsewhere(sold).restock(1)
    expect(await reserve()).toMatchObject([{ number: 2 }])
  })

  test('a command that makes something random is repeatable by its name', async () => {
    const command = { commandId: 'c', command: 'restock at random' }
    const restock = () => new Elsewhere(id).commit(() => restocked(performance.now() | 0), command)
    expect(await restock()).toEqual(await restock())
    expect(await length()).toBe(2)
  })
})

test.each(['', 'x'.repeat(129), 7, null])('the commandId %p is refused', async (commandId) => {
  bind(Product, inMemoryEventStore())
  const options: object = { commandId }
  await refusal(new Product().restock(1, options), InvalidArgument)
})
