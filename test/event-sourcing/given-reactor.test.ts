import {
  Aggregate,
  bind,
  type Event,
  type EventHandlers,
  inMemoryEventStore,
} from '../../lib/event-sourcing/index.ts'
import { reactor } from '../../lib/event-sourcing/reactions/index.ts'
import { committed, given, givenReactor } from '../../lib/event-sourcing/testing/index.ts'

interface Started extends Event {
  readonly type: 'Started'
  readonly until: string
}
interface Reminded extends Event {
  readonly type: 'Reminded'
  readonly on: string
}
class Task extends Aggregate<Started | Reminded> implements EventHandlers<Started | Reminded> {
  until = ''
  remind(options: { readonly commandId?: string } = {}) {
    return this.commit(
      () => ({ type: 'Reminded', on: new Date().toISOString().slice(0, 10) }),
      options,
    )
  }
  onStarted({ until }: Started) {
    this.until = until
  }
  onReminded() {}
}

const at = '2030-01-31T12:00:00.000Z'
const HOUR = 3_600_000
const started = { type: 'Started', until: '2030-02-03T00:00:00.000Z' } as const

/** Reminds of a task each day until its end. */
const reminders = reactor(Task, {
  begins: 'now',
  onStarted({ created }, { wakeAt }) {
    wakeAt(new Date(Date.parse(created) + 24 * HOUR), 'daily')
  },
  wakes: {
    async daily(task, { at, commandId, wakeAt }) {
      if (at > task.until) return
      await task.remind({ commandId: commandId() })
      wakeAt(new Date(Date.parse(at) + 24 * HOUR), 'daily')
    },
  },
})

test('time passes without waiting, and repeated wake-ups come on their days', () =>
  givenReactor(reminders, { at })
    .when('a', started)
    .later({ days: 30 })
    .expect({
      events: [
        committed(Task, 'a', [
          { type: 'Reminded', on: '2030-02-01', created: '2030-02-01T12:00:00.000Z' },
          { type: 'Reminded', on: '2030-02-02' },
        ]),
      ],
      wakeUps: [],
    }))

test('past events are not handled again', () =>
  givenReactor(reminders, { at })
    .with(Task, 'a', [started])
    .at('2030-03-01T00:00:00.000Z')
    .expect({ events: [], wakeUps: [] }))

test('a difference is an error: an event, another resource, or a wake-up', async () => {
  const scenario = givenReactor(reminders, { at }).when('a', started).later({ days: 1 })
  const wrong = [
    { events: [] },
    { events: [committed(Task, 'a', [{ type: 'Reminded', on: '2030-01-31' }])] },
    { events: [committed(Task, 'b', [{ type: 'Reminded' }])] },
    { wakeUps: [] },
    { failure: 'Forbidden' },
  ] as const
  for (const expected of wrong) {
    await expect(scenario.expect(expected)).rejects.toMatchObject({ name: 'AssertionError' })
  }
})

test('the error of a method is expected by its code or message, and otherwise thrown', async () => {
  const failing = reactor(Task, {
    begins: 'beginning',
    onStarted(_, { id }) {
      if (id === 'a') throw new Error('not today')
      return Task.findOne('unknown')
    },
  })
  await givenReactor(failing).when('a', started).expect({ failure: 'not today' })
  await givenReactor(failing).when('b', started).expect({ failure: 'ResourceNotFound' })
  await expect(givenReactor(failing).when('a', started).expect({})).rejects.toThrow('not today')
})

test('scenarios leave the store of the class and the clock alone, also in parallel', async () => {
  bind(Task, inMemoryEventStore())
  const scenario = givenReactor(reminders, { at }).when('a', started).later({ days: 1 })
  await Promise.all([1, 2].map(() => scenario.expect({ wakeUps: [{ name: 'daily' }] })))
  expect((await Task.findAll()).items).toEqual([])
  expect(new Date().toISOString()).not.toContain('2030')
})

test('a wake-up in the past comes once a minute, as the schedule runs', () =>
  givenReactor(
    reactor(Task, {
      begins: 'now',
      onStarted: ({ created }, { wakeAt }) => wakeAt(created, 'again'),
      wakes: {
        async again(task, { commandId, at, wakeAt }) {
          await task.remind({ commandId: commandId() })
          wakeAt(at, 'again')
        },
      },
    }),
    { at },
  )
    .when('a', started)
    .later({ minutes: 2 })
    .expect({
      events: [committed(Task, 'a', [{ type: 'Reminded' }, { type: 'Reminded' }, {}])],
    }))

test('a command has a clock', () =>
  given(Task, [started], { at })
    .when((task) => task.remind())
    .expect({ events: [{ type: 'Reminded', on: '2030-01-31', created: at }] }))

test('time cannot pass backwards', async () => {
  const back = givenReactor(reminders, { at }).at('2029-01-01T00:00:00.000Z').expect({})
  await expect(back).rejects.toThrow('Time cannot pass backwards')
})
