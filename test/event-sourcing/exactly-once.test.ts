import { randomUUID } from 'node:crypto'
import {
  bind,
  CommandIdReused,
  dynamoDBEventStore,
  type EventStore,
  InvalidArgument,
  inMemoryEventStore,
} from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { refusal } from '../support/refusal.ts'

/** The same resources in another process, which shares the store but not the cache. */
class Elsewhere extends Concert {}

const dynamodb = withDynamoDB()
const seatsAdded = (amount: number) => ({ type: 'SeatsAdded', amount }) as const
const reserved = { type: 'SeatsReserved', quantity: 1 } as const

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
    bind(Concert, store)
    bind(Elsewhere, store, { held: 0 })
    id = randomUUID()
    await new Concert(id).addSeats(10)
  })

  const length = async () => (await new Concert(id).events()).length

  test('a repeated command returns the original events and commits nothing', async () => {
    const command = { commandId: 'c' }
    const first = await new Concert(id).reserve(command)
    expect(first).toHaveLength(1)
    expect(await new Concert(id).reserve(command)).toEqual(first)
    await new Elsewhere(id).addSeats(1)
    const later = new Concert(id)
    expect(await later.reserve(command)).toEqual(first)
    expect(await new Elsewhere(id).reserve(command)).toEqual(first)
    expect(await new Elsewhere(id).reserve({ ...command, expectedVersion: 1 })).toEqual(first)
    expect(await length()).toBe(3)
  })

  test('a command that several processes repeat at once is committed once', async () => {
    const commands = Array.from({ length: 16 }, (_, index) =>
      new (index % 2 ? Concert : Elsewhere)(id).reserve({ commandId: 'c' }),
    )
    const [first, ...others] = await Promise.all(commands)
    for (const other of others) expect(other).toEqual(first)
    expect(await length()).toBe(2)
  })

  test('a repeated create command creates one resource', async () => {
    const newId = randomUUID()
    const create = (Class: typeof Concert) => new Class(newId).addSeats(3, { commandId: 'create' })
    const [one, other] = await Promise.all([create(Concert), create(Elsewhere)])
    expect(one).toEqual(other)
    expect(await Concert.findOne(newId)).toMatchObject({ version: 1, quantity: 3 })
  })

  test('another command under the same id fails with CommandIdReused', async () => {
    await new Concert(id).addSeats(3, { commandId: 'decided' })
    await new Concert(id).commit(seatsAdded(3), { commandId: 'given' })
    await new Concert(id).commit([seatsAdded(3), reserved], { commandId: 'several' })
    const options = { commandId: 'named', command: ['addSeats', 3] }
    await new Concert(id).addSeats(3, options)
    const others = [
      ['decided', 2, (it: Concert) => it.addSeats(4, { commandId: 'decided' })],
      ['decided', 2, (it: Concert) => it.reserve({ commandId: 'decided' })],
      ['given', 3, (it: Concert) => it.commit(seatsAdded(4), { commandId: 'given' })],
      ['several', 4, (it: Concert) => it.commit(seatsAdded(3), { commandId: 'several' })],
      ['named', 6, (it: Concert) => it.addSeats(3, { ...options, command: ['addSeats', 4] })],
    ] as const
    for (const Class of [Concert, Elsewhere]) {
      for (const [commandId, number, command] of others) {
        const { data } = await refusal(command(new Class(id)), CommandIdReused)
        expect(data).toEqual({ id, number, commandId })
      }
    }
    expect(await length()).toBe(6)
  })

  test('a repeated command with several events returns all of them', async () => {
    const command = { commandId: 'c' }
    const events = [seatsAdded(1), reserved, seatsAdded(2)]
    const first = await new Concert(id).commit(events, command)
    expect(first.map(({ number }) => number)).toEqual([2, 3, 4])
    expect(await new Elsewhere(id).commit(events, command)).toEqual(first)
    expect(await length()).toBe(4)
  })

  test('a rejected command is decided again when it is repeated', async () => {
    const sold = randomUUID()
    const reserve = () => new Concert(sold).reserve({ commandId: 'c' })
    await expect(reserve()).rejects.toMatchObject({ code: 'SoldOut' })
    await new Elsewhere(sold).addSeats(1)
    expect(await reserve()).toMatchObject([{ number: 2 }])
  })

  test('a named command with random content can be repeated', async () => {
    const command = { commandId: 'c', command: 'addSeats at random' }
    const addSeats = () =>
      new Elsewhere(id).commit(() => seatsAdded(performance.now() | 0), command)
    expect(await addSeats()).toEqual(await addSeats())
    expect(await length()).toBe(2)
  })
})

test.each(['', 'x'.repeat(129), 7, null])('the commandId %p is rejected', async (commandId) => {
  bind(Concert, inMemoryEventStore())
  const options: object = { commandId }
  await refusal(new Concert().addSeats(1, options), InvalidArgument)
})
