import { once } from 'node:events'
import { operationCommands } from '../../lib/appsync/operations/operations.ts'
import {
  type DispatcherEvent,
  reactionHandler,
} from '../../lib/appsync/reactions/dispatcher-handler.ts'
import type { InvokedFunction } from '../../lib/appsync/reactions/invoked-function.ts'
import { commitOptions } from '../../lib/appsync/resolvers/arguments.ts'
import {
  Aggregate,
  bind,
  type Event,
  type EventHandlers,
  inMemoryEventStore,
} from '../../lib/event-sourcing/index.ts'
import { newCheckpoint } from '../../lib/event-sourcing/reactions/checkpoints/checkpoint.ts'
import {
  type CheckpointStore,
  inMemoryCheckpointStore,
  ReactorOperations,
  reactor,
} from '../../lib/event-sourcing/reactions/index.ts'
import { reactionCommandId } from '../../lib/event-sourcing/reactions/reactor.ts'

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
/** The error that the handler throws, if any. */
let thrown: Error | undefined
let checkpoints: CheckpointStore
let printed: Record<string, unknown>[]
let handle: (wake: DispatcherEvent) => Promise<void>

beforeEach(() => {
  bind(Bell, inMemoryEventStore({ name: 'Bells' }))
  handled = []
  thrown = undefined
  printed = []
  const listening = reactor(Bell, {
    begins: 'beginning',
    tries: 1,
    onRung({ number }, { id }) {
      if (thrown) throw thrown
      handled.push(`${id}/${number}`)
    },
  })
  checkpoints = inMemoryCheckpointStore()
  const handler = reactionHandler({ listening }, checkpoints)
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

test('a stream batch wakes the reactors of its table for the resources in the batch', async () => {
  for (const id of ['a', 'b']) await new Bell(id).ring()
  await handle({ Records: [record('a', 1, 'Elsewhere'), record('b', 1), record('b', 1)] })
  expect(handled).toEqual(['b/1'])
})

test('a removal wakes no reactor', async () => {
  await new Bell('a').ring()
  await handle({ Records: [record('a', 1, 'Bells', 'REMOVE')] })
  expect(handled).toEqual([])
})

test.each<[string, DispatcherEvent]>([
  ['the slow schedule', { work: 'reconcile' }],
  ['an abandoned batch', { Records: [{ eventSource: 'aws:sqs' }] }],
  ['the lag alarm', { source: 'aws.cloudwatch' }],
])('%s wakes the reactors for events that the stream never delivered', async (_, wake) => {
  for (const id of ['a', 'b']) await new Bell(id).ring()
  await handle(wake)
  expect([...handled].sort()).toEqual(['a/1', 'b/1'])
  expect(printed).toContainEqual({ about: 'reconciler', reactor: 'listening', resources: 2 })
})

test('a parked resource is counted and logged with its error', async () => {
  await new Bell('a').ring()
  thrown = new RangeError('broken')
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
      error: { name: 'RangeError', stack: expect.stringMatching(/reactions.test.ts:\d+:\d+/) },
    }),
  )
})

test('a handled event is logged', async () => {
  await new Bell('a').ring()
  await handle({ Records: [record('a', 1)] })
  expect(printed).toContainEqual(
    expect.objectContaining({ about: 'reaction', reactor: 'listening', id: 'a', number: 1 }),
  )
})

test('a replay with an empty id is rejected, and a null id replays all resources', async () => {
  await new Bell('a').ring()
  await handle({ Records: [record('a', 1)] })
  const { replayReactor } = operationCommands(new ReactorOperations(checkpoints))
  const empty = replayReactor({ input: { reactor: 'listening', id: '' } })
  await expect(empty).rejects.toMatchObject({ code: 'InvalidId' })
  expect(await replayReactor({ input: { reactor: 'listening', id: null } })).toEqual({ rewound: 1 })
})

test('an error that is its own cause is logged', async () => {
  await new Bell('a').ring()
  thrown = new Error('round and round')
  thrown.cause = thrown
  await handle({ Records: [record('a', 1)] })
  expect(printed).toContainEqual(
    expect.objectContaining({ error: expect.objectContaining({ name: 'Error' }) }),
  )
})

test('a client cannot use the command id of a reaction', () => {
  const commandId = reactionCommandId('listening', 'a', 1, 1)
  expect(() => commitOptions({ commandId })).toThrow(
    expect.objectContaining({
      code: 'InvalidArgument',
      data: { argument: 'commandId', value: commandId },
    }),
  )
  expect(commitOptions({ commandId: 'mine' })).toMatchObject({ commandId: 'mine' })
})

test('the command ids of reactions are short and distinct', () => {
  const far = 'r'.repeat(1000)
  const ids = [
    reactionCommandId(far, 'a', 1, 1),
    reactionCommandId(far, 'a', 1, 2),
    reactionCommandId(far, 'a', 2, 1),
    reactionCommandId(far, 'a1', 1, 1),
    reactionCommandId('r', 'a', 1, 1),
  ]
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) expect(id).toHaveLength('reaction-'.length + 43)
  expect(reactionCommandId('ordering.fulfilment', 'a', 1, 1)).toBe(
    'reaction-3ZCArH7hpxiPhLx36dJI9KUQ6bBX4tJGrd_w8oBqUY8',
  )
})

describe('with a function that needs the events of some tables', () => {
  const queued: object[] = []
  let confirm: () => Promise<void>

  beforeEach(() => {
    queued.length = 0
    confirm = async () => {}
    const to: InvokedFunction = {
      run: () => Promise.reject(new Error('not used')),
      async enqueue(payload) {
        await confirm()
        queued.push(payload)
      },
    }
    const forward = { to, tables: ['Bells', 'Gongs'] }
    const handler = reactionHandler({}, checkpoints, undefined, { forward })
    handle = (wake) => handler(wake, { getRemainingTimeInMillis: () => 60_000 })
  })

  test('a stream batch is passed on, without removals and other tables', async () => {
    const removal = record('a', 2, 'Bells', 'REMOVE')
    await handle({
      Records: [record('a', 1), removal, record('b', 1, 'Gongs'), record('c', 1, 'Horns')],
    })
    const event = (id: string) => ({ id, number: 1, type: 'Rung' })
    expect(queued).toEqual([{ work: 'wake', tables: { Bells: [event('a')], Gongs: [event('b')] } }])
  })

  test('a batch that cannot be passed on fails, so that the stream repeats it', async () => {
    confirm = () => Promise.reject(new Error('Lambda does not answer'))
    await expect(handle({ Records: [record('a', 1)] })).rejects.toThrow()
  })

  test('a batch that was given up makes that function compare all resources', async () => {
    await handle({ Records: [{ eventSource: 'aws:sqs' }] })
    expect(queued).toEqual([{ work: 'reconcile' }])
  })
})

describe('with further invocations of its function, a stream batch', () => {
  let invocations: { readonly run: object[]; readonly queued: object[] }
  /** The work of an invocation that the batch waits for. */
  let ends: Promise<void>

  beforeEach(() => {
    invocations = { run: [], queued: [] }
    ends = Promise.resolve()
    const own: InvokedFunction = {
      async run(payload, signal) {
        invocations.run.push(payload)
        await Promise.race([ends, once(signal, 'abort').then(() => signal.throwIfAborted())])
      },
      async enqueue(payload) {
        invocations.queued.push(payload)
      },
    }
    const listening = reactor(Bell, { begins: 'beginning', onRung() {} })
    const handler = reactionHandler({ listening }, checkpoints, own)
    handle = (wake) => handler(wake, { getRemainingTimeInMillis: () => 60_000 })
  })
  const work = {
    work: 'wake',
    tables: { Bells: [{ id: 'a', number: 1, type: 'Rung' }] },
  } as const

  test('waits for its reactions in another invocation', async () => {
    await handle({ Records: [record('a', 1)] })
    expect(invocations).toEqual({ run: [work], queued: [] })
  })

  test('fails with that invocation, so that the stream repeats it', async () => {
    ends = Promise.reject(new Error('The invocation failed'))
    await expect(handle({ Records: [record('a', 1)] })).rejects.toBeInstanceOf(Error)
    expect(invocations.queued).toEqual([])
  })

  test('ends while a handler is slow, once the queue has the work', async () => {
    ends = new Promise(() => {})
    const began = performance.now()
    await handle({ Records: [record('a', 1)] })
    expect(performance.now() - began).toBeLessThan(1000)
    expect(invocations).toEqual({ run: [work], queued: [work] })
  })

  test('with a resource that may have crashed a process leaves it to an invocation of its own', async () => {
    await new Bell('a').ring()
    await checkpoints.put({ ...newCheckpoint('listening', 'a', 1), attempts: 1, due: 1 })
    await handle(work)
    const alone = {
      work: 'run alone',
      suspect: { reactor: 'listening', id: 'a', seen: 1 },
    } as const
    expect(invocations.queued).toEqual([alone])
    expect((await checkpoints.get('listening', 'a'))?.handled).toBeUndefined()
    await handle(alone)
    expect((await checkpoints.get('listening', 'a'))?.handled).toBe(1)
  })

  test('without an event for a reactor causes no invocation', async () => {
    await handle({ Records: [record('a', 1, 'Elsewhere'), record('a', 1, 'Bells', 'REMOVE')] })
    expect(invocations).toEqual({ run: [], queued: [] })
  })
})

test('an invocation for the new events of a batch runs their reactions', async () => {
  await new Bell('a').ring()
  await handle({ work: 'wake', tables: { Bells: [{ id: 'a', number: 1, type: 'Rung' }] } })
  expect(handled).toEqual(['a/1'])
})
