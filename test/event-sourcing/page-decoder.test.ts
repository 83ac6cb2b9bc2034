import { CorruptHistory } from '../../lib/event-sourcing/index.ts'
import { eventOf, type Item, itemOf } from '../../lib/event-sourcing/store/dynamodb/items.ts'
import { decodedPage } from '../../lib/event-sourcing/store/dynamodb/pages/page-decoder.ts'

const FEWEST = 300
const TEXTS = [
  '',
  'plain',
  'a "quoted" text',
  'ends with a backslash \\',
  '\\"',
  'two\nlines\tand\u0001controls',
  'Grüße, 日本, 🎉',
  '{"S":"x"}',
  '"Items":[',
  'x'.repeat(300),
]
const NUMBERS = [0, 1, -1, 0.5, -2.75, 1e-7, 123456789012345, Number.MAX_SAFE_INTEGER]
const NAMES = ['amount', 'am', 'amounts', 'a', 'naïve', 'with "quotes"', 'S', 'N', 'M', '1', ' ']

/** Returns random numbers from 0 to 1 that are the same in each run: a linear congruential generator. */
function randomOf(seed: number) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function anyValue(random: () => number, depth = 0): unknown {
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)]
  const size = Math.floor(random() * 4)
  switch (Math.floor(random() * (depth > 2 ? 4 : 6))) {
    case 0:
      return pick(TEXTS)
    case 1:
      return pick(NUMBERS)
    case 2:
      return pick([true, false])
    case 3:
      return null
    case 4:
      return Array.from({ length: size }, () => anyValue(random, depth + 1))
    default:
      return Object.fromEntries(
        Array.from({ length: size }, () => [pick(NAMES), anyValue(random, depth + 1)]),
      )
  }
}

/** Returns an event with random attributes, in a random order. */
function anyEvent(random: () => number, number: number): object {
  const attributes = NAMES.filter(() => random() < 0.3).map((name) => [name, anyValue(random)])
  const event = { ...usualEvent(number), ...Object.fromEntries(attributes) }
  return Object.fromEntries(
    Object.entries(event)
      .map((entry) => ({ entry, order: random() }))
      .sort((one, other) => one.order - other.order)
      .map(({ entry }) => entry),
  )
}

function usualEvent(number: number) {
  const meta = { commandId: `command ${number}`, traceId: '1-5759e988-bd862e3fe1be46a994272793' }
  return { id: 'an id', number, type: 'SeatsAdded', created: '2030-01-01T00:00:00.000Z', meta }
}

function usualEvents(count = FEWEST): object[] {
  return Array.from({ length: count }, (_, index) => usualEvent(index + 1))
}

function answer(events: readonly object[], rest: object = { Count: 1 }): string {
  return JSON.stringify({ Items: events.map(itemOf), ...rest })
}

const decoded = (json: string) => decodedPage(Buffer.from(json))

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  'decodes the same events as JSON.parse and the SDK (seed %i)',
  (seed) => {
    const random = randomOf(seed)
    const events = Array.from({ length: FEWEST }, (_, index) => anyEvent(random, index + 1))
    const json = answer(events)
    const { Items }: { Items: Item[] } = JSON.parse(json)
    const page = decoded(json)
    expect(page?.events).toEqual(Items.map(eventOf))
    expect(page?.events).toEqual(events)
  },
)

test('the attributes of all events have one order, whatever the order in the response', () => {
  const random = randomOf(1)
  const events = Array.from({ length: FEWEST }, (_, index) => {
    const entries = Object.entries(usualEvent(index + 1))
    return Object.fromEntries(entries.sort(() => random() - 0.5))
  })
  const orders = new Set(decoded(answer(events))?.events.map((event) => `${Object.keys(event)}`))
  expect(orders.size).toBe(1)
})

test('the rest of the response is complete, before and after the items', () => {
  const key = itemOf({ id: '"Items":[', number: 300 })
  const items = usualEvents().map(itemOf)
  const before = { ConsumedCapacity: { CapacityUnits: 12.5 }, Count: 300 }
  const page = decoded(JSON.stringify({ ...before, Items: items, LastEvaluatedKey: key }))
  expect(page?.rest).toEqual({ ...before, Items: [], LastEvaluatedKey: key })
  expect(page?.events).toHaveLength(FEWEST)
})

test('a value that looks like another list of items does not end the list', () => {
  const [first, ...others] = usualEvents()
  const events = [{ ...first, Items: [{ Items: [] }], amount: { Items: ['x'] } }, ...others]
  expect(decoded(answer(events))?.events).toEqual(events)
})

test('a response that ends too early is never a page', () => {
  const json = answer(usualEvents(), { LastEvaluatedKey: itemOf({ id: 'an id', number: 3 }) })
  const lengths = Array.from({ length: 1200 }, (_, index) => json.length - 1 - index)
  for (const length of lengths) expect(decoded(json.slice(0, length))).toBeUndefined()
})

test.each([
  ['a short response', answer(usualEvents(3))],
  ['no items', JSON.stringify({ message: 'x'.repeat(50_000) })],
  ['no JSON', `<html>${'x'.repeat(50_000)}`],
  ['whitespace', JSON.stringify(JSON.parse(answer(usualEvents())), null, 1)],
  ['a set', answer(usualEvents()).replace('{"N":"7"}', '{"SS":["a"]}')],
  ['bytes', answer(usualEvents()).replace('{"N":"7"}', '{"B":"AAAA"}')],
  [
    'an integer that loses precision',
    answer(usualEvents()).replace('"N":"7"', '"N":"9007199254740993"'),
  ],
  ['the name __proto__', answer(usualEvents()).replace('"type"', '"__proto__"')],
  ['a list of lists', answer(usualEvents()).replace('"Items":[', '"Items":[[],')],
  ['a missing brace', answer(usualEvents()).replace('{"N":"7"}', '{"N":"7"')],
  ['a missing comma', answer(usualEvents()).replace('},{', '}{')],
  ['a wrong escape', answer(usualEvents()).replace('command 7"', 'command \\x"')],
])('%s is left to JSON.parse', (_, json) => {
  expect(decoded(json)).toBeUndefined()
})

test('a map with keys of the domain’s own is left to JSON.parse', () => {
  const events = usualEvents().map((event, index) => ({ ...event, seats: { [`row ${index}`]: 1 } }))
  expect(decoded(answer(events))).toBeUndefined()
})

test('an item that is not an event is refused', () => {
  const json = answer(usualEvents()).replace('"number":{"N":"7"}', '"number":{"S":"7"}')
  expect(() => decoded(json)).toThrow(CorruptHistory)
})
