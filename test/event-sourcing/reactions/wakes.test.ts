import { EventEmitter, once } from 'node:events'
import {
  Aggregate,
  bind,
  type Event,
  type EventHandlers,
  inMemoryEventStore,
  StoreUnavailable,
  within,
} from '../../../lib/event-sourcing/index.ts'
import {
  type CheckpointStore,
  Dispatcher,
  type DispatcherOptions,
  inMemoryCheckpointStore,
  ReactorOperations,
  reactor,
  type WakeUp,
  type WokenUp,
} from '../../../lib/event-sourcing/reactions/index.ts'
import { newCheckpointTable } from '../../support/checkpoint-table.ts'
import { withDynamoDB } from '../../support/dynamodb.ts'
import { eventually } from '../../support/eventually.ts'

/** Asks for a wake-up `after` milliseconds, or cancels it. */
interface Started extends Event {
  readonly type: 'Started'
  readonly after: number
}
interface Stopped extends Event {
  readonly type: 'Stopped'
}
interface Reminded extends Event {
  readonly type: 'Reminded'
}
type TaskEvent = Started | Stopped | Reminded

class Task extends Aggregate<TaskEvent> implements EventHandlers<TaskEvent> {
  reminders = 0
  onStarted() {}
  onStopped() {}
  onReminded() {
    this.reminders += 1
  }
}

const HOUR = 3_600_000
const TIMER = 'nagging@overdue'
const dynamodb = withDynamoDB()

let checkpoints: CheckpointStore
let woken: WokenUp[]
let parked: string[]
/** Runs in the method of the wake-up, before its command. */
let during: (task: Task, wakeUp: WakeUp<'overdue' | 'later'>) => unknown

function dispatcher(options: Partial<DispatcherOptions> = {}): Dispatcher {
  const nagging = reactor(Task, {
    begins: 'beginning',
    tries: 2,
    onStarted({ after }, { wakeAt }) {
      wakeAt(new Date(Date.now() + after), 'overdue')
    },
    onStopped(_, { cancelWake }) {
      cancelWake('overdue')
    },
    wakes: {
      async overdue(task, wakeUp) {
        await during(task, wakeUp)
        await task.commit({ type: 'Reminded' }, { commandId: wakeUp.commandId() })
      },
      later() {},
    },
  })
  return new Dispatcher({
    ...{ reactors: { nagging }, checkpoints, ...options },
    observer: {
      woken: (wakeUp) => woken.push(wakeUp),
      parked: ({ reactor, id, parked: at }) => parked.push(`${reactor}/${id}/${at?.number}`),
    },
  })
}

const due = (it: Dispatcher) => within(20_000, () => it.runDue())

const started = (after: number) => ({ type: 'Started', after }) as const
const stopped = { type: 'Stopped' } as const

/** Commits an event and lets the reactor handle it. */
async function happens(
  it: Dispatcher,
  id: string,
  event: ReturnType<typeof started> | typeof stopped,
) {
  const task = new Task(id)
  await task.commit(event)
  const { version: number } = task
  await within(20_000, () => it.wake('Tasks', [{ id, number, type: event.type }]))
}

/** Makes the wake-up of a resource due, as the passing of time does. */
async function timePasses(id: string, timer = TIMER): Promise<void> {
  const there = await checkpoints.get(timer, id)
  if (there?.due !== undefined) await checkpoints.put({ ...there, due: Date.now() })
}

const reminders = async (id: string) => (await Task.findOne(id)).reminders

describe.each([
  ['in memory', async () => inMemoryCheckpointStore()],
  ['on DynamoDB', () => newCheckpointTable(dynamodb.client)],
])('wake-ups with checkpoints %s', (_, open) => {
  beforeEach(async () => {
    bind(Task, inMemoryEventStore({ name: 'Tasks' }))
    checkpoints = await open()
    woken = []
    parked = []
    during = () => {}
  })

  test('a wake-up comes after its time, never before, and takes effect once', async () => {
    const it = dispatcher()
    const before = Date.now()
    await happens(it, 'a', started(40))
    await eventually(async () => {
      await due(it)
      return (await reminders('a')) > 0 || undefined
    })
    const { created } = (await new Task('a').events()).at(-1) ?? { created: '' }
    expect(Date.parse(created)).toBeGreaterThanOrEqual(before + 40)
    await Promise.all([due(it), due(dispatcher())])
    expect(await reminders('a')).toBe(1)
    expect(woken).toMatchObject([{ reactor: 'nagging', id: 'a', wake: 'overdue', isRetry: false }])
  })

  test('a wake-up of the future does not come, and looks neither behind nor parked', async () => {
    const it = dispatcher()
    await happens(it, 'a', started(HOUR))
    await due(it)
    expect(await reminders('a')).toBe(0)
    const operations = new ReactorOperations(checkpoints)
    const next = new Date((await checkpoints.get(TIMER, 'a'))?.due ?? 0).toISOString()
    const waits = { resources: 1, behind: 0, parked: 0, waiting: 1, next }
    expect(await operations.progress(TIMER)).toEqual({ reactor: TIMER, ...waits })
    expect(await operations.parked(TIMER, 10)).toEqual([])
    expect(await operations.reactors()).toEqual(['nagging', 'nagging@later', TIMER].sort())
  })

  test('a cancelled wake-up does not come', async () => {
    const it = dispatcher()
    await happens(it, 'a', started(HOUR))
    await happens(it, 'a', stopped)
    await timePasses('a')
    await due(it)
    expect(await reminders('a')).toBe(0)
    await happens(it, 'a', started(0))
    await due(it)
    expect(await reminders('a')).toBe(1)
  })

  test('a second request for the same name moves the wake-up', async () => {
    const it = dispatcher()
    await happens(it, 'a', started(0))
    await happens(it, 'a', started(HOUR))
    await due(it)
    expect(await reminders('a')).toBe(0)
    await happens(it, 'a', started(0))
    await due(it)
    expect(await reminders('a')).toBe(1)
  })

  test('a replay of the reactor repeats no wake-up of the past, and keeps one that waits', async () => {
    const it = dispatcher()
    await happens(it, 'a', started(0))
    await due(it)
    await happens(it, 'b', started(0))
    await happens(it, 'b', started(HOUR))
    const waits = await checkpoints.get(TIMER, 'b')
    await new ReactorOperations(checkpoints).replay('nagging')
    await due(it)
    await due(it)
    expect([await reminders('a'), await reminders('b')]).toEqual([1, 0])
    expect(await checkpoints.get(TIMER, 'b')).toEqual(waits)
  })

  test('a crash between the wake-up’s storage and the event’s checkpoint repeats neither', async () => {
    const it = dispatcher()
    await happens(it, 'a', started(0))
    await due(it)
    // The state of the reactor's checkpoint before the event.
    const there = await checkpoints.get('nagging', 'a')
    if (there) await checkpoints.put({ ...there, handled: 0, due: 0 })
    await due(it)
    await due(it)
    expect(await checkpoints.get('nagging', 'a')).toMatchObject({ handled: 2 })
    expect(await reminders('a')).toBe(1)
  })

  test('a wake-up whose process dies comes again, and its commands take effect once', async () => {
    const it = dispatcher()
    await happens(it, 'a', started(0))
    const ids: string[] = []
    during = (_, { commandId }) => ids.push(commandId())
    const asked = await checkpoints.get(TIMER, 'a')
    await due(it)
    const ended = await checkpoints.get(TIMER, 'a')
    // The command was committed, and the lease was left behind.
    if (asked && ended) {
      const { generation, revision } = ended
      await checkpoints.put({ ...asked, generation, revision, attempts: 1, due: 0 })
    }
    await due(it)
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
    expect(await reminders('a')).toBe(1)
  })

  test('a cancellation during a wake-up ends its lease, and an event moves it', async () => {
    const it = dispatcher()
    const changes = { a: stopped, b: started(HOUR) } as const
    for (const [id, change] of Object.entries(changes)) {
      const gate = new EventEmitter()
      during = async () => {
        const changed = once(gate, 'changed')
        gate.emit('begun')
        await changed
      }
      await happens(it, id, started(0))
      const begun = once(gate, 'begun')
      const running = due(it)
      await begun
      await happens(it, id, change)
      gate.emit('changed')
      await running
    }
    expect(await checkpoints.get(TIMER, 'a')).toMatchObject({ handled: 2, seen: 2, attempts: 0 })
    expect(await checkpoints.get(TIMER, 'b')).toMatchObject({ handled: 1, seen: 2, attempts: 0 })
    expect(parked).toEqual([])
  })

  test('the wake-ups of a paused reactor wait until it is resumed', async () => {
    const operations = new ReactorOperations(checkpoints)
    await happens(dispatcher(), 'a', started(0))
    await operations.pause('nagging')
    await due(dispatcher())
    expect(await reminders('a')).toBe(0)
    await operations.resume('nagging')
    await due(dispatcher())
    expect(await reminders('a')).toBe(1)
  })

  test('a failing wake-up is parked alone, and operators retry or skip it', async () => {
    const it = dispatcher()
    const operations = new ReactorOperations(checkpoints)
    during = ({ id }) => {
      if (id === 'a') throw new StoreUnavailable('a store of the method', { store: 'Mails' })
    }
    await happens(it, 'a', started(0))
    await happens(it, 'b', started(0))
    await due(it)
    expect(parked).toEqual([`${TIMER}/a/1`])
    expect(await reminders('b')).toBe(1)
    expect(await operations.parked(TIMER, 10)).toMatchObject([
      { id: 'a', parked: { number: 1, type: 'overdue', error: { name: 'StoreUnavailable' } } },
    ])
    during = () => {}
    await operations.retry(TIMER, 'a')
    await due(it)
    expect(await reminders('a')).toBe(1)
    expect(woken.at(-1)).toMatchObject({ id: 'a', isRetry: true })
    during = () => {
      throw new Error('broken')
    }
    await happens(it, 'c', started(0))
    await due(it)
    await operations.skip(TIMER, 'c', 1, 'a test')
    during = () => {}
    await due(it)
    expect(await reminders('c')).toBe(0)
    expect(await operations.progress(TIMER)).toMatchObject({ behind: 0, parked: 0, waiting: 0 })
  })

  test('a wake-up may ask for the next one, and each has its own commandId', async () => {
    const it = dispatcher()
    during = ({ reminders }, { wakeAt, at }) => {
      if (reminders < 2) wakeAt(at, 'overdue')
    }
    await happens(it, 'a', started(0))
    for (const expected of [1, 2, 3, 3]) {
      await due(it)
      expect(await reminders('a')).toBe(expected)
    }
  })

  test('wake-ups that ask for each other go on', async () => {
    const asked: string[] = []
    const swinging = reactor(Task, {
      begins: 'beginning',
      onStarted: ({ created }, { wakeAt }) => wakeAt(created, 'tick'),
      wakes: {
        tick(_, { at, wakeAt }) {
          asked.push('tick')
          wakeAt(at, 'tock')
        },
        tock(_, { at, wakeAt }) {
          asked.push('tock')
          wakeAt(at, 'tick')
        },
      },
    })
    const it = dispatcher({ reactors: { swinging } })
    await happens(it, 'a', started(0))
    for (let minute = 0; minute < 4; minute += 1) await due(it)
    expect(asked.join(' ')).toMatch(/^tick tock tick tock/)
  })

  test('time can be shortened', async () => {
    await happens(dispatcher({ hurry: 3600 }), 'a', started(HOUR))
    const { due: at = 0, wake } = (await checkpoints.get(TIMER, 'a')) ?? {}
    expect(Date.parse(wake?.at ?? '') - at).toBeGreaterThan(HOUR - 2000)
  })
})

describe('a mistake', () => {
  beforeEach(() => {
    bind(Task, inMemoryEventStore({ name: 'Tasks' }))
    checkpoints = inMemoryCheckpointStore()
    parked = []
  })

  const nagged = (
    call: (reaction: { wakeAt: (when: Date | string, name: string) => void }) => void,
  ) =>
    dispatcher({
      reactors: {
        nagging: {
          ...reactor(Task, { begins: 'beginning', tries: 1, wakes: { overdue() {} } }),
          ...{ onStarted: (_: unknown, reaction: WakeUp) => call(reaction) },
        },
      },
    })

  test.each([
    [
      'a name without a method',
      '2030-01-31T12:00:00Z',
      'due',
      'wakeAt: the reactor nagging has no method due in wakes; it has: overdue',
    ],
    ['an empty name', '2030-01-31T12:00:00Z', '', 'no method  in wakes'],
    ['an invalid date', new Date(''), 'overdue', 'when must be an instant'],
    ['a date without a time zone', '2030-01-31T12:00:00', 'overdue', 'when must be an instant'],
  ])('%s parks the event', async (_, when, name, message) => {
    await happens(
      nagged(({ wakeAt }) => wakeAt(when, name)),
      'a',
      started(0),
    )
    const { parked: at } = (await checkpoints.get('nagging', 'a')) ?? {}
    expect(at).toMatchObject({ number: 1, error: { message: expect.stringContaining(message) } })
  })

  test('a call after the end of the handler is an error there', async () => {
    let late: () => void = () => {}
    const it = nagged(({ wakeAt }) => {
      late = () => wakeAt('2030-01-31T12:00:00Z', 'overdue')
    })
    await happens(it, 'a', started(0))
    expect(late).toThrow('after the handler of nagging had ended')
  })

  test.each([
    ['an@nagging', {}, 'reserved for wake-ups'],
    ['nagging', { 'a b': () => {} }, "a wake-up 'a b': its name must be"],
    ['nagging', { [`${'a'.repeat(101)}`]: () => {} }, '1 to 100 letters'],
    ['nagging', { overdue: 1 }, 'overdue that is not a method'],
  ])('in the name %s or in wakes is found at the start', (name, wakes, message) => {
    const wrong = { ...reactor(Task, { begins: 'now' }), wakes }
    expect(() => new Dispatcher({ reactors: { [name]: wrong }, checkpoints })).toThrow(message)
  })

  test.each(['replay', 'pause', 'resume'] as const)('is the %s of a wake-up', async (operation) => {
    const operations = new ReactorOperations(checkpoints)
    await expect(operations[operation](TIMER)).rejects.toThrow(
      `${TIMER} is a wake-up of the reactor nagging`,
    )
    await expect(operations.replayOne(TIMER, 'a')).rejects.toThrow('only reactors can be replayed')
  })
})
