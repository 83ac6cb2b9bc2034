import { reactionHandler, type Wake } from '../../lib/appsync/reactions.ts'
import {
  Aggregate,
  bind,
  type Event,
  type EventHandlers,
  inMemoryEventStore,
} from '../../lib/event-sourcing/index.ts'
import { inMemoryCheckpointStore, reactor } from '../../lib/event-sourcing/reactions/index.ts'

interface Rung extends Event {
  readonly type: 'Rung'
}
class Bell extends Aggregate<Rung> implements EventHandlers<Rung> {
  ring() {
    return this.commit({ type: 'Rung' })
  }
  onRung() {}
}

let handled: string[]
let fails: boolean
let printed: Record<string, unknown>[]
let handle: (wake: Wake) => Promise<void>

beforeEach(() => {
  bind(Bell, inMemoryEventStore({ name: 'Bells' }))
  handled = []
  fails = false
  printed = []
  const listening = reactor(Bell, {
    begins: 'beginning',
    tries: 1,
    onRung({ number }, { id }) {
      if (fails) throw new Error('broken')
      handled.push(`${id}/${number}`)
    },
  })
  const handler = reactionHandler({ listening }, inMemoryCheckpointStore())
  handle = (wake) => handler(wake, { getRemainingTimeInMillis: () => 60_000 })
  for (const level of ['info', 'error'] as const) {
    jest.spyOn(console, level).mockImplementation((...lines) => {
      printed.push(...lines)
    })
  }
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
    printed.push(JSON.parse(`${line}`))
    return true
  })
})
afterEach(() => jest.restoreAllMocks())

const record = (
  id: string,
  number: number,
  table = 'Bells',
  eventName: 'INSERT' | 'REMOVE' = 'INSERT',
) => ({
  eventName,
  eventSource: 'aws:dynamodb',
  eventSourceARN: `arn:aws:dynamodb:us-east-1:000000000000:table/${table}/stream/label`,
  dynamodb: {
    NewImage: {
      id: { S: id },
      number: { N: `${number}` },
      type: { S: 'Rung' },
      created: { S: '2026-01-01T00:00:00.000Z' },
    },
  },
})

test('a batch of a stream wakes the reactors to its table, for the resources in it', async () => {
  for (const id of ['a', 'b']) await new Bell(id).ring()
  await handle({ Records: [record('a', 1, 'Elsewhere'), record('b', 1), record('b', 1)] })
  expect(handled).toEqual(['b/1'])
})

test('a removal wakes nobody', async () => {
  await new Bell('a').ring()
  await handle({ Records: [record('a', 1, 'Bells', 'REMOVE')] })
  expect(handled).toEqual([])
})

test.each<[string, Wake]>([
  ['the slow schedule', { work: 'reconcile' }],
  ['a batch that was given up', { Records: [{ eventSource: 'aws:sqs' }] }],
  ['the alarm of being far behind', { source: 'aws.cloudwatch' }],
])('%s finds what the stream never told of', async (_, wake) => {
  for (const id of ['a', 'b']) await new Bell(id).ring()
  await handle(wake)
  expect([...handled].sort()).toEqual(['a/1', 'b/1'])
  expect(printed).toContainEqual({ about: 'reconciler', reactor: 'listening', resources: 2 })
})

test('what is parked is counted, and stands in the log with its reason', async () => {
  await new Bell('a').ring()
  fails = true
  await handle({ Records: [record('a', 1)] })
  expect(printed).toContainEqual(
    expect.objectContaining({ reactor: 'listening', ParkedResources: 1 }),
  )
  expect(printed).toContainEqual(
    expect.objectContaining({
      about: 'reaction',
      reactor: 'listening',
      id: 'a',
      number: 1,
      type: 'Rung',
      error: expect.objectContaining({ message: 'broken' }),
    }),
  )
})

test('what is handled stands in the log', async () => {
  await new Bell('a').ring()
  await handle({ Records: [record('a', 1)] })
  expect(printed).toContainEqual(
    expect.objectContaining({ about: 'reaction', reactor: 'listening', id: 'a', number: 1 }),
  )
})
