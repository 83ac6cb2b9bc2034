import { commitCheck, type SchemaTypes } from '../../lib/appsync/schema-check/commit-check.ts'
import { type NamedTypes, TypesCheck } from '../../lib/appsync/schema-check/types-check.ts'
import {
  Aggregate,
  bind,
  type Event,
  InvalidEvent,
  InvalidState,
  inMemoryEventStore,
} from '../../lib/event-sourcing/index.ts'
import { refusal } from '../support/refusal.ts'

const TYPES: NamedTypes = {
  objects: {
    Line: { sku: 'ID!', count: 'Int!' },
    Tree: { name: 'String!', children: '[Tree!]' },
  },
  enums: { Color: ['RED', 'BLUE'] },
}

describe('a value fits a type of the schema', () => {
  const check = (type: string, value: unknown) => new TypesCheck(TYPES).of(type)(value, 'field')

  test.each([
    ['Int', 0],
    ['Int', 2 ** 31 - 1],
    ['Int', -(2 ** 31)],
    ['Int', null],
    ['Int', undefined],
    ['Float!', 0.5],
    ['Boolean!', false],
    ['ID!', ''],
    ['String', 'text'],
    ['Color!', 'RED'],
    ['[Int!]!', []],
    ['[Int]', [1, null]],
    ['[[Int!]!]', [[1], [2, 3]]],
    ['Line', { sku: 'a', count: 1, more: 'ignored' }],
    ['Tree', { name: 'a', children: [{ name: 'b', children: [] }, { name: 'c' }] }],
    ['AWSDateTime!', '2030-01-31T12:00:00.000Z'],
    ['AWSDate', '2030-01-31'],
    ['AWSTimestamp', 1_900_000_000_000],
    ['AWSJSON!', { any: ['thing'] }],
    ['Unknown!', 'anything'],
  ])('%s: %p', (type, value) => {
    expect(check(type, value)).toBeUndefined()
  })

  test.each([
    ['Int', 2 ** 31, 'field', 'Int'],
    ['Int!', -(2 ** 31) - 1, 'field', 'Int'],
    ['Int', 1.5, 'field', 'Int'],
    ['Int', '1', 'field', 'Int'],
    ['Int', Number.NaN, 'field', 'Int'],
    ['Float', Number.POSITIVE_INFINITY, 'field', 'Float'],
    ['Boolean', 1, 'field', 'Boolean'],
    ['String', 1, 'field', 'String'],
    ['ID', new Date(0), 'field', 'ID'],
    ['Color', 'GREEN', 'field', 'Color'],
    ['Int!', null, 'field', 'Int!'],
    ['Int!', undefined, 'field', 'Int!'],
    ['[Int!]', [1, null], 'field[1]', 'Int!'],
    ['[Int!]', 1, 'field', '[Int!]'],
    ['Line', { sku: 'a', count: 'b' }, 'field.count', 'Int'],
    ['Line', 'a', 'field', 'Line'],
    ['Tree', { name: 'a', children: [{ name: null }] }, 'field.children[0].name', 'String!'],
    ['AWSDateTime', '2030-02-31T12:00:00Z', 'field', 'AWSDateTime'],
    ['AWSDateTime', '2030-01-31', 'field', 'AWSDateTime'],
    ['AWSEmail', 'nobody', 'field', 'AWSEmail'],
    ['AWSTimestamp', '1', 'field', 'AWSTimestamp'],
  ])('not %s: %p', (type, value, path, misfit) => {
    expect(check(type, value)).toMatchObject({ path, type: misfit })
  })
})

interface Counted extends Event {
  readonly type: 'Counted'
  readonly to: number | null
  readonly color?: string
}

class Counter extends Aggregate<Counted> {
  count: number | null = 0
  color: string | undefined = 'red'

  countTo(to: number | null, color?: string) {
    return this.commit({ type: 'Counted', to, ...(color !== undefined && { color }) })
  }

  onCounted({ to, color }: Counted) {
    this.count = to
    this.color = color
  }
}

const COUNTER: SchemaTypes = {
  ...TYPES,
  resource: { id: 'ID!', version: 'Int!', count: 'Int!', color: 'Color' },
  event: { to: 'Int' },
}
const presentation = { fields: Object.keys(COUNTER.resource), enums: ['color'] }
const store = inMemoryEventStore()
const check = commitCheck('Counter', presentation, COUNTER)

beforeEach(() => bind(Counter, store, { check }))

describe('a commit is refused, and nothing is stored', () => {
  test('if an event does not fit', async () => {
    const counter = new Counter()
    const { message, data } = await refusal(counter.countTo(2 ** 31), InvalidEvent)
    expect(message).toBe(
      'Counted.to must be Int; got 2147483648 in type CounterEvent of the schema',
    )
    expect(data).toEqual({ id: counter.id, type: 'Counted', attribute: 'to', value: 2 ** 31 })
    expect(await counter.events()).toEqual([])
    expect(counter).toMatchObject({ version: 0, count: 0 })
  })

  test.each([
    ['null for a field that is required', null, 'red', 'count', null],
    ['a word that is not in the enum', 1, 'light-green', 'color', 'LIGHT_GREEN'],
  ])('if the state does not fit: %s', async (_, to, color, field, value) => {
    const counter = new Counter()
    const { data, message } = await refusal(counter.countTo(to, color), InvalidState)
    expect(data).toEqual({ id: counter.id, field, value })
    expect(message).toContain(`Counter.${field}`)
    expect(await counter.events()).toEqual([])
  })
})

test('a commit that fits is stored', async () => {
  const counter = new Counter()
  await counter.countTo(2 ** 31 - 1, 'blue')
  await counter.countTo(1)
  expect(await Counter.findOne(counter.id)).toMatchObject({ count: 1, version: 2 })
})

test('a resource that did not fit before gets only events after which it fits', async () => {
  const counter = new Counter()
  bind(Counter, store)
  await counter.countTo(1, 'purple')
  bind(Counter, store, { check })
  const there = await Counter.findOne(counter.id)
  // The client would get an error, although the event was stored, and repeat the command.
  await refusal(there.countTo(2, 'purple'), InvalidState)
  await there.countTo(3, 'blue')
  expect(await there.events()).toHaveLength(2)
})
