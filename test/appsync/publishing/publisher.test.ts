import { LARGEST_ENTRY } from '../../../lib/appsync/publishing/entries.ts'
import { eventBridge } from '../../../lib/appsync/publishing/event-bus.ts'
import {
  busVariable,
  type Published,
  publishersOf,
} from '../../../lib/appsync/publishing/publishers.ts'
import {
  Aggregate,
  bind,
  type Event,
  type EventHandlers,
  type EventMeta,
  type EventStore,
  inMemoryEventStore,
  type Upcasters,
  within,
} from '../../../lib/event-sourcing/index.ts'
import {
  type CheckpointStore,
  Dispatcher,
  inMemoryCheckpointStore,
  ReactorOperations,
} from '../../../lib/event-sourcing/reactions/index.ts'
import { numbersTo } from '../../support/store-events.ts'
import { FakeBus, numberOf } from './fake-bus.ts'

interface Rung extends Event {
  readonly type: 'Rung'
  readonly note?: string
}
interface Muted extends Event {
  readonly type: 'Muted'
}
class Bell extends Aggregate<Rung | Muted> implements EventHandlers<Rung | Muted> {
  static override readonly upcasters: Upcasters<Rung | Muted> = {
    Struck({ sound }) {
      if (typeof sound !== 'string') throw new RangeError('It has no sound')
      return { type: 'Rung', note: sound }
    },
  }
  onRung() {}
  onMuted() {}
}

const REACTOR = 'bells.publish.Bell'
const CREATED = '2026-01-02T03:04:05.678Z'
const bus = new FakeBus()
let store: EventStore
let checkpoints: CheckpointStore

beforeAll(() => bus.start())
afterAll(() => bus.stop())
beforeEach(() => {
  store = inMemoryEventStore({ name: 'Bells', pageSize: 7 })
  bind(Bell, store)
  checkpoints = inMemoryCheckpointStore()
  bus.requests.length = 0
  bus.answer = () => ({ failed: {} })
  for (const level of ['info', 'error'] as const) jest.spyOn(console, level).mockReturnValue()
})
afterEach(() => jest.restoreAllMocks())

function dispatcher(options: Partial<Published> = {}): Dispatcher {
  const published: Published = {
    ...{ domain: 'bells', resource: 'Bell', source: 'bells', begins: 'beginning' },
    ...options,
  }
  const resources = [{ name: 'Bell', resourceClass: Bell as never }]
  return new Dispatcher({
    reactors: publishersOf([published], resources, bus.environment),
    checkpoints,
  })
}

async function stored(
  id: string,
  number: number,
  event: object = {},
  meta: Partial<EventMeta> = {},
) {
  const fixed = { id, number, created: CREATED, meta: { commandId: `${id}/${number}`, ...meta } }
  await store.append({ type: 'Rung', ...event, ...fixed })
}

const wake = (it: Dispatcher, id: string, number: number) =>
  within(60_000, () => it.wake('Bells', [{ id, number, type: 'Rung' }]))

async function pausesAreOver(it: Dispatcher): Promise<void> {
  for await (const checkpoint of checkpoints.all(REACTOR)) {
    if (checkpoint.due !== undefined) await checkpoints.put({ ...checkpoint, due: 0 })
  }
  await within(60_000, () => it.runDue())
}

const parked = async () =>
  (await new ReactorOperations(checkpoints).parked(REACTOR, 10)).map(
    ({ id, handled, parked: at }) =>
      `${id} handled ${handled}: ${at?.number} ${at?.type} ${at?.error.message}`,
  )

test('an event becomes a CloudEvent in an entry for its bus', async () => {
  await stored('a', 1, { note: 'c' }, { traceId: '1-2-3', actor: 'user:x', owner: 'x' })
  await wake(dispatcher({ source: 'com.example.bells' }), 'a', 1)
  const [[entry] = []] = bus.requests
  expect({ ...entry, Detail: JSON.parse(entry?.Detail ?? '') }).toEqual({
    EventBusName: 'arn:aws:events:us-east-1:000000000000:event-bus/bells',
    Source: 'com.example.bells',
    DetailType: 'Rung',
    Time: Date.parse(CREATED) / 1000,
    Detail: {
      specversion: '1.0',
      id: 'a#1',
      source: '/com.example.bells/Bell',
      type: 'Rung',
      subject: 'a',
      time: CREATED,
      sequence: '0000000001',
      traceid: '1-2-3',
      datacontenttype: 'application/json',
      data: { note: 'c' },
    },
  })
})

test('an event has its type and attributes of today', async () => {
  await stored('a', 1, { type: 'Struck', sound: 'd' })
  await wake(dispatcher(), 'a', 1)
  expect(bus.events).toMatchObject([{ type: 'Rung', data: { note: 'd' } }])
})

test('a history is published once, in order, at most ten events in a request', async () => {
  for (const number of numbersTo(25)) await stored('a', number)
  await wake(dispatcher(), 'a', 25)
  expect(bus.numbers.flat()).toEqual(numbersTo(25))
  expect(Math.max(...bus.numbers.map(({ length }) => length))).toBeLessThanOrEqual(10)
  await wake(dispatcher(), 'a', 25)
  expect(bus.numbers.flat()).toHaveLength(25)
})

test('only the chosen types are published, and the others do not come again', async () => {
  for (const [index, type] of ['Muted', 'Rung', 'Muted'].entries())
    await stored('a', index + 1, { type })
  await wake(dispatcher({ types: ['Rung'] }), 'a', 3)
  expect(bus.numbers).toEqual([[2]])
  expect(await checkpoints.get(REACTOR, 'a')).toMatchObject({ handled: 3 })
})

test('a request has at most the size that AWS accepts', async () => {
  for (const number of [1, 2, 3]) await stored('a', number, { note: 'x'.repeat(400_000) })
  await wake(dispatcher(), 'a', 3)
  expect(bus.numbers).toEqual([[1, 2], [3]])
})

test('an event that is too large is published without its data', async () => {
  await stored('a', 1, { note: 'x'.repeat(LARGEST_ENTRY) })
  await wake(dispatcher(), 'a', 1)
  expect(bus.events).toEqual([
    {
      ...{ specversion: '1.0', id: 'a#1', source: '/bells/Bell', type: 'Rung', subject: 'a' },
      ...{ time: CREATED, sequence: '0000000001', truncated: true },
    },
  ])
})

test('the first failed entry parks its resource with the error code, after the events before it', async () => {
  for (const number of numbersTo(5)) await stored('a', number)
  await stored('b', 1)
  bus.answer = (entries) => ({
    failed: Object.fromEntries(
      entries.flatMap((entry, index) =>
        entry.Detail.includes('"a#3"') ? [[index, 'MalformedDetail']] : [],
      ),
    ),
  })
  const it = dispatcher()
  await wake(it, 'a', 5)
  await wake(it, 'b', 1)
  expect(await parked()).toEqual([
    'a handled 2: 3 Rung The event bus answered MalformedDetail: It failed',
  ])
  expect(bus.events.at(-1)).toMatchObject({ id: 'b#1' })

  bus.requests.length = 0
  bus.answer = () => ({ failed: {} })
  await pausesAreOver(it)
  expect(bus.numbers).toEqual([[3, 4, 5]])
  expect(await parked()).toEqual([])
})

test('a parked event can be skipped, and a replay publishes all events again with the same ids', async () => {
  for (const number of [1, 2]) await stored('a', number)
  bus.answer = (entries) =>
    entries.map(numberOf)[0] === 1 ? { failed: { 0: 'Refused' } } : { failed: {} }
  const it = dispatcher()
  const operations = new ReactorOperations(checkpoints)
  await wake(it, 'a', 2)
  await operations.skip(REACTOR, 'a', 1, 'a test')
  bus.requests.length = 0
  await within(60_000, () => it.runDue())
  expect(bus.numbers).toEqual([[2]])

  bus.requests.length = 0
  bus.answer = () => ({ failed: {} })
  await operations.replay(REACTOR)
  await within(60_000, () => it.runDue())
  expect(bus.events.map(({ id }) => id)).toEqual(['a#1', 'a#2'])
})

test('a paused publisher keeps its events back until it is resumed', async () => {
  const it = dispatcher()
  const operations = new ReactorOperations(checkpoints)
  await within(60_000, () => it.reconcile())
  await operations.pause(REACTOR)
  const next = dispatcher()
  await stored('a', 1)
  await wake(next, 'a', 1)
  expect(bus.requests).toEqual([])
  await operations.resume(REACTOR)
  await within(60_000, () => next.reconcile())
  expect(bus.numbers).toEqual([[1]])
})

test.each([
  [
    'a throttled entry',
    { failed: { 1: 'ThrottlingException' } },
    [
      [1, 2, 3],
      [2, 3],
    ],
  ],
  [
    'a fault of the service',
    { status: 500, type: 'InternalException' },
    [
      [1, 2, 3],
      [1, 2, 3],
    ],
  ],
  [
    'a throttled request',
    { status: 400, type: 'ThrottlingException' },
    [
      [1, 2, 3],
      [1, 2, 3],
    ],
  ],
  [
    'a lost answer',
    'lost',
    [
      [1, 2, 3],
      [1, 2, 3],
    ],
  ],
] as const)(
  '%s is sent again, from the first event without a confirmation',
  async (_, answer, numbers) => {
    for (const number of [1, 2, 3]) await stored('a', number)
    bus.answer = (_, request) => (request === 1 ? answer : { failed: {} })
    await wake(dispatcher(), 'a', 3)
    expect(bus.numbers).toEqual(numbers)
    expect(await parked()).toEqual([])
  },
)

test('an event that makes its request invalid does not keep back the events before it', async () => {
  for (const number of [1, 2, 3]) await stored('a', number)
  bus.answer = (entries) =>
    entries.map(numberOf).includes(2)
      ? { status: 400, type: 'ValidationException' }
      : { failed: {} }
  await wake(dispatcher(), 'a', 3)
  expect(await parked()).toEqual([
    'a handled 1: 2 Rung The event bus answered ValidationException: It is rejected',
  ])
})

test.each([
  ['whose upcaster fails', { type: 'Struck' }, 'The upcaster of Struck failed (event 2 of a)'],
  [
    'that only newer code knows',
    { type: 'Cast' },
    /Event 2 of a has the type Cast, which this code/,
  ],
  ['that JSON cannot express', { big: 1n }, /BigInt/],
])('an event %s parks its resource after the events before it', async (_, event, message) => {
  await stored('a', 1)
  await stored('a', 2, event)
  await stored('a', 3)
  await wake(dispatcher(), 'a', 3)
  expect(new Set(bus.numbers.flat())).toEqual(new Set([1]))
  expect(bus.numbers).toHaveLength(1)
  const [text = ''] = await parked()
  expect(text).toMatch(/^a handled 1: 2 /)
  expect(text).toMatch(message)
})

test('a function without the address of EventBridge names the variable', async () => {
  await expect(eventBridge({})([], new AbortController().signal)).rejects.toThrow(
    'AWS_ENDPOINT_URL_EVENTBRIDGE is not set',
  )
})

test.each([
  ['shopping', 'SHOPPING_BUS'],
  ['spare-parts', 'SPARE_PARTS_BUS'],
  ['spareParts', 'SPARE_PARTS_BUS'],
])('the bus of the domain %s is in %s', (domain, variable) => {
  expect(busVariable(domain)).toBe(variable)
})
