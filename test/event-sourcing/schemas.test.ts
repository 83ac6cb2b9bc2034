import { z } from 'zod'
import {
  Aggregate,
  bind,
  type Event,
  type EventSchemas,
  InvalidEvent,
  inMemoryEventStore,
  type StandardSchema,
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
  static override readonly schemas: EventSchemas<Added | Noted> = {
    Added: z.object({
      amount: z.int().positive(),
      unit: z.string().trim().default('piece'),
      place: z.object({ row: z.number() }).optional(),
      parts: z.array(z.object({ weight: z.number() })).optional(),
    }),
  }
  onAdded() {}
  onNoted() {}
}
class Slow extends Aggregate<Noted> {
  static override readonly schemas: EventSchemas<Noted> = {
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
  ['a wrong nested attribute', { amount: 1, place: { row: 'a' } }, 'place'],
  ['a stray attribute', { amount: 1, colour: 'red' }, 'colour'],
  [
    'a stray attribute with the name of an Object method',
    { amount: 1, toString: 'red' },
    'toString',
  ],
  ['a stray nested attribute', { amount: 1, place: { row: 1, colour: 'red' } }, 'place'],
  ['a stray attribute in a list', { amount: 1, parts: [{ weight: 1, size: 2 }] }, 'parts'],
])('%s is rejected before any write', async (_, attributes, attribute) => {
  const shelf = new Shelf()
  const { data } = await refusal(add(shelf, attributes), InvalidEvent)
  expect(data).toEqual({ id: shelf.id, type: 'Added', attribute })
  expect(await shelf.events()).toEqual([])
})

test('the output of the schema is stored', async () => {
  const shelf = new Shelf()
  await add(shelf, { amount: 2 })
  await add(shelf, { amount: 2, unit: ' kg ' })
  expect(await shelf.events()).toMatchObject([{ unit: 'piece' }, { unit: 'kg' }])
})

/** Validates as the schemas of other libraries do: returns the same value, or issues. */
const validate = (value: unknown) =>
  typeof Reflect.get(Object(value), 'text') === 'string'
    ? { value }
    : { issues: [{ message: 'is no text', path: [{ key: 'text' }] }] }
const standard = { version: 1, vendor: 'another', validate } as const

test.each<[string, StandardSchema]>([
  ['callable', Object.assign(() => {}, { '~standard': standard })],
  [
    'of a class',
    new (class {
      get '~standard'() {
        return standard
      }
    })(),
  ],
])('an aggregate accepts a schema of another library: %s', async (_, schema) => {
  class Other extends Aggregate<Noted> {
    static override readonly schemas: EventSchemas<Noted> = { Noted: schema }
    onNoted() {}
  }
  bind(Other, inMemoryEventStore())
  const other = new Other()
  const { data, message } = await refusal(other.commit({ type: 'Noted' }), InvalidEvent)
  expect(data).toMatchObject({ type: 'Noted', attribute: 'text' })
  expect(message).toBe('Noted: text is no text')
  await other.commit({ type: 'Noted', text: 'kept' })
  expect(await other.events()).toMatchObject([{ text: 'kept' }])
})

test('an event type without a schema accepts any attribute', async () => {
  const shelf = new Shelf()
  await shelf.commit({ type: 'Noted', text: 'anything' })
  expect(shelf.version).toBe(1)
})

test('an async schema is rejected', async () => {
  await expect(new Slow().commit({ type: 'Noted' })).rejects.toThrow(/is asynchronous/)
})
