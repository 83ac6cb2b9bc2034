import { z } from 'zod'
import {
  Aggregate,
  bind,
  type Event,
  type EventSchemas,
  InvalidEvent,
  inMemoryEventStore,
} from '../../lib/event-sourcing/index.ts'
import { refusal } from '../support/refusal.ts'

interface Added extends Event {
  readonly type: 'Added'
  readonly amount: number
  readonly unit?: string
}
interface Noted extends Event {
  readonly type: 'Noted'
  readonly text?: string
}

class Shelf extends Aggregate<Added | Noted> {
  static readonly schemas: EventSchemas<Added | Noted> = {
    Added: z.object({
      amount: z.int().positive(),
      unit: z.string().trim().default('piece'),
      place: z.object({ row: z.number() }).optional(),
    }),
  }
  onAdded() {}
  onNoted() {}
}
class Slow extends Aggregate<Noted> {
  static readonly schemas: EventSchemas<Noted> = {
    Noted: z.object({}).refine(async () => true),
  }
  onNoted() {}
}

const add = (shelf: Shelf, attributes: object) => {
  const event: object = { type: 'Added', ...attributes }
  return shelf.commit((): never => event as never)
}

beforeEach(() => {
  bind(Shelf, inMemoryEventStore())
  bind(Slow, inMemoryEventStore())
})

test.each([
  ['a wrong attribute', { amount: 0 }, 'amount'],
  ['a missing attribute', {}, 'amount'],
  ['one deep inside', { amount: 1, place: { row: 'a' } }, 'place'],
  ['a stray attribute', { amount: 1, colour: 'red' }, 'colour'],
])('%s is refused before anything is written', async (_, attributes, attribute) => {
  const shelf = new Shelf()
  const { data } = await refusal(add(shelf, attributes), InvalidEvent)
  expect(data).toEqual({ id: shelf.id, type: 'Added', attribute })
  expect(await shelf.events()).toEqual([])
})

test('what the schema makes of it is stored', async () => {
  const shelf = new Shelf()
  await add(shelf, { amount: 2 })
  await add(shelf, { amount: 2, unit: ' kg ' })
  expect(await shelf.events()).toMatchObject([{ unit: 'piece' }, { unit: 'kg' }])
})

test('a type without a schema takes what a store can hold', async () => {
  const shelf = new Shelf()
  await shelf.commit({ type: 'Noted', text: 'anything' })
  expect(shelf.version).toBe(1)
})

test('a schema that has to be waited for is a clear error', async () => {
  await expect(new Slow().commit({ type: 'Noted' })).rejects.toThrow(/has to be waited for/)
})
