import {
  Aggregate,
  bind,
  type Event,
  type EventHandlers,
  inMemoryEventStore,
  within,
} from '../../../lib/event-sourcing/index.ts'
import {
  type CheckpointStore,
  Dispatcher,
  inMemoryCheckpointStore,
  ReactorOperations,
  reactor,
} from '../../../lib/event-sourcing/reactions/index.ts'

interface Rung extends Event {
  readonly type: 'Rung'
}
class Bell extends Aggregate<Rung> implements EventHandlers<Rung> {
  rings = 0
  ring() {
    return this.commit({ type: 'Rung' })
  }
  onRung() {
    this.rings += 1
  }
}

let checkpoints: CheckpointStore
let dispatcher: Dispatcher
let operations: ReactorOperations
let handled: string[]
/** The numbers of the events that fail. */
let broken: number[]

beforeEach(() => {
  bind(Bell, inMemoryEventStore({ name: 'Bells' }))
  checkpoints = inMemoryCheckpointStore()
  operations = new ReactorOperations(checkpoints)
  handled = []
  broken = []
  const listening = reactor(Bell, {
    begins: 'beginning',
    onRung({ number }, { id }) {
      if (broken.includes(number)) throw new Error(`event ${number} is broken`)
      handled.push(`${id}/${number}`)
    },
  })
  dispatcher = new Dispatcher({ reactors: { listening }, checkpoints })
})

async function rung(id: string, times: number) {
  for (let time = 0; time < times; time += 1) await new Bell(id).ring()
  const told = { id, number: times, type: 'Rung' }
  await within(20_000, () => dispatcher.wake('Bells', [told]))
}

const runDue = () => within(20_000, () => dispatcher.runDue())

test('operators list reactors, parked resources with their reasons, and progress', async () => {
  await rung('a', 1)
  broken = [2]
  await rung('b', 3)
  expect(await operations.reactors()).toEqual(['listening'])
  expect(await operations.parked('listening', 10)).toMatchObject([
    { id: 'b', handled: 1, parked: { number: 2, error: { message: 'event 2 is broken' } } },
  ])
  expect(await operations.progress('listening')).toEqual({
    reactor: 'listening',
    resources: 2,
    behind: 1,
    parked: 1,
    waiting: 0,
  })
})

test('a retry does not wait for the pause', async () => {
  broken = [1]
  await rung('a', 2)
  broken = []
  await runDue()
  expect(handled).toEqual([])
  await operations.retry('listening', 'a')
  await runDue()
  expect(handled).toEqual(['a/1', 'a/2'])
})

test('a skipped event is not handled, and the checkpoint keeps its number and the reason', async () => {
  broken = [2]
  await rung('a', 3)
  await operations.skip('listening', 'a', 2, 'a test ring')
  await runDue()
  expect(handled).toEqual(['a/1', 'a/3'])
  expect(await checkpoints.get('listening', 'a')).toMatchObject({
    handled: 3,
    skipped: [{ number: 2, reason: 'a test ring', at: expect.any(String) }],
  })
})

test('a run that handles an event while it is skipped loses its lease', async () => {
  broken = [1]
  await rung('a', 2)
  await runDue()
  await operations.retry('listening', 'a')
  const skipping = reactor(Bell, {
    begins: 'beginning',
    async onRung({ number }) {
      if (number === 1) await operations.skip('listening', 'a', 1, 'meanwhile')
      throw new Error('still broken')
    },
  })
  const other = new Dispatcher({ reactors: { listening: skipping }, checkpoints })
  await within(20_000, () => other.runDue())
  broken = []
  await runDue()
  expect(handled).toEqual(['a/2'])
})

test.each([
  ['retry', () => operations.retry('listening', 'a')],
  ['skip', () => operations.skip('listening', 'a', 1, 'why')],
])('a %s of a resource that is not parked is rejected', async (_, attempt) => {
  await expect(attempt()).rejects.toMatchObject({ code: 'NotParked' })
  await rung('a', 1)
  await expect(attempt()).rejects.toMatchObject({ code: 'NotParked' })
})

test('skipping an event that is not parked is rejected', async () => {
  broken = [1]
  await rung('a', 2)
  const skip = operations.skip('listening', 'a', 2, 'why')
  await expect(skip).rejects.toMatchObject({ code: 'NotParked', data: { parked: 1 } })
})

test('a replay handles all events again, of one resource or of all', async () => {
  await rung('a', 2)
  await rung('b', 1)
  handled = []
  await operations.replayOne('listening', 'a')
  await runDue()
  expect(handled).toEqual(['a/1', 'a/2'])
  handled = []
  expect(await operations.replay('listening')).toEqual({ rewound: 2 })
  await runDue()
  expect([...handled].sort()).toEqual(['a/1', 'a/2', 'b/1'])
})

test('a count or a replay that runs out of time returns its position', async () => {
  for (const id of ['a', 'b', 'c']) await rung(id, 1)
  const ids: (string | undefined)[] = []
  let after: string | undefined
  do {
    const from = after
    const part = await within(100, () => operations.replay('listening', from))
    expect(part.rewound).toBeLessThanOrEqual(1)
    after = part.after
    ids.push(after)
  } while (after)
  expect(ids).toEqual(['a', 'b', 'c', undefined])
  expect(await within(100, () => operations.progress('listening', 'b'))).toMatchObject({
    resources: 1,
    after: 'c',
  })
})

test('a retry during an attempt starts no second attempt', async () => {
  broken = [1]
  await rung('a', 1)
  await operations.retry('listening', 'a')
  let tries = 0
  const trying = reactor(Bell, {
    begins: 'beginning',
    async onRung() {
      tries += 1
      const due = (await checkpoints.get('listening', 'a'))?.due
      expect(await operations.retry('listening', 'a')).toMatchObject({ due })
      await runDue()
    },
  })
  const other = new Dispatcher({ reactors: { listening: trying }, checkpoints })
  await within(20_000, () => other.runDue())
  expect(tries).toBe(1)
  expect(await checkpoints.get('listening', 'a')).toMatchObject({ handled: 1 })
})

test.each(['', ' ', 'x'.repeat(1001)])(
  'a skip without a reason, or with a book, is refused',
  async (reason) => {
    broken = [1]
    await rung('a', 1)
    const skip = operations.skip('listening', 'a', 1, reason)
    await expect(skip).rejects.toMatchObject({ code: 'InvalidArgument' })
  },
)

describe('a paused reactor', () => {
  /** Returns what a process finds out that has not looked for two seconds. */
  const anotherProcess = () => {
    const listening = reactor(Bell, {
      begins: 'beginning',
      onRung({ number }, { id }) {
        handled.push(`${id}/${number}`)
      },
    })
    dispatcher = new Dispatcher({ reactors: { listening }, checkpoints })
  }

  test('handles nothing, and after it is resumed, every event once and in order', async () => {
    await rung('a', 1)
    const { paused } = await operations.pause('listening')
    expect(paused).toMatch(/^\d{4}-.*Z$/)
    anotherProcess()
    await rung('b', 2)
    await rung('a', 2)
    await runDue()
    expect(await within(20_000, () => dispatcher.reconcile())).toBe(false)
    expect(handled).toEqual(['a/1'])
    expect(await operations.progress('listening')).toMatchObject({ resources: 1, paused })

    await operations.resume('listening')
    anotherProcess()
    await runDue()
    expect(handled.toSorted()).toEqual(['a/1', 'a/2', 'a/3', 'b/1', 'b/2'])
    expect(await operations.progress('listening')).toEqual({
      reactor: 'listening',
      resources: 2,
      behind: 0,
      parked: 0,
      waiting: 0,
    })
  })

  test('handles an event that comes right after the end of the pause', async () => {
    await rung('a', 1)
    await operations.pause('listening')
    anotherProcess()
    await rung('a', 1)
    expect(handled).toEqual(['a/1'])
    await operations.resume('listening')
    await within(20_000, () => dispatcher.wake('Bells', [{ id: 'a', number: 2, type: 'Rung' }]))
    expect(handled).toEqual(['a/1', 'a/2'])
  })

  test('stays paused since the first pause, and a resumed one since the first start', async () => {
    await rung('a', 1)
    const first = await operations.pause('listening')
    expect(await operations.pause('listening')).toEqual(first)
    const resumed = await operations.resume('listening')
    expect(resumed).not.toHaveProperty('paused')
    expect(await operations.resume('listening')).toEqual(resumed)
    expect(resumed.began).toBe(first.began)
  })

  test('stops between two events of one resource, without a failed attempt', async () => {
    for (let time = 0; time < 3; time += 1) await new Bell('a').ring()
    const listening = reactor(Bell, {
      begins: 'beginning',
      async onRung({ number }, { id }) {
        handled.push(`${id}/${number}`)
        if (number > 1) return
        await operations.pause('listening')
        // The process finds out after two seconds.
        jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 2001)
      },
    })
    dispatcher = new Dispatcher({ reactors: { listening }, checkpoints })
    await within(60_000, () => dispatcher.wake('Bells', [{ id: 'a', number: 3, type: 'Rung' }]))
    jest.restoreAllMocks()
    expect(handled).toEqual(['a/1'])
    expect(await checkpoints.get('listening', 'a')).toMatchObject({ handled: 1, attempts: 0 })
  })

  test.each(['pause', 'resume'] as const)('must exist: %s', async (name) => {
    await rung('a', 1)
    await expect(operations[name]('lisstening')).rejects.toMatchObject({
      code: 'InvalidArgument',
      message: 'There is no reactor lisstening. The reactors are: listening',
      data: { argument: 'reactor', value: 'lisstening' },
    })
  })
})

test.each([
  ['', 'id'],
  ['x'.repeat(1001), 'id'],
  ['\ud800', 'id'],
  ['#listening', '#reactors'],
  ['listening', ''],
  ['listening', 'x'.repeat(2049)],
  ['listening', '\udc00'],
])(
  'the reactor %j or the id %j is an invalid argument, not a fault of the store',
  async (name, id) => {
    const calls = [
      () => operations.retry(name, id),
      () => operations.skip(name, id, 1, 'reason'),
      () => operations.replayOne(name, id),
      () => operations.progress(name, id),
      () => operations.replay(name, id),
      ...(name === 'listening'
        ? []
        : [
            () => operations.parked(name, 1),
            () => operations.pause(name),
            () => operations.resume(name),
          ]),
    ]
    for (const call of calls) {
      const code = name === 'listening' ? 'InvalidId' : 'InvalidArgument'
      await expect(call()).rejects.toMatchObject({ code })
    }
  },
)
