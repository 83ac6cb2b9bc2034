import { Aggregate, type Event, type EventHandlers } from '../../../lib/event-sourcing/index.ts'
import { type Reactor, reactor } from '../../../lib/event-sourcing/reactions/index.ts'
import { givenReactor } from '../../../lib/event-sourcing/testing/index.ts'

// Compiles only if the types of wake-ups keep their promises: `tsc` checks it.

interface Started extends Event {
  readonly type: 'Started'
  readonly until: string
}
class Task extends Aggregate<Started> implements EventHandlers<Started> {
  isDone = false
  onStarted() {}
}

export const complete = reactor(Task, {
  begins: 'now',
  onStarted({ until }, { wakeAt, cancelWake }) {
    wakeAt(until, 'overdue')
    wakeAt(new Date(until), 'later')
    cancelWake('later')
    // @ts-expect-error the reactor has no such wake-up
    wakeAt(until, 'overdu')
    // @ts-expect-error a number is no date
    wakeAt(Date.now(), 'overdue')
  },
  wakes: {
    async overdue(task, { at, wakeAt, commandId }) {
      if (task.isDone) wakeAt(at, 'later')
      // @ts-expect-error the class has no such field
      commandId(task.isDon)
      // @ts-expect-error the reactor has no such wake-up
      wakeAt(at, 'latr')
    },
    later: (task) => task.hydrate(),
  },
})

export const withoutWakes = reactor(Task, {
  begins: 'now',
  onStarted({ until }, { wakeAt }) {
    // @ts-expect-error the reactor has no wake-ups
    wakeAt(until, 'overdue')
  },
})

// @ts-expect-error a wake-up is a method
export const noMethod = reactor(Task, { begins: 'now', wakes: { overdue: 'soon' } })

export const anyReactor: Reactor<Task> = complete

export const scenario = givenReactor(complete).when('a', { type: 'Started', until: '2030' })
// @ts-expect-error until is missing
export const wrongScenario = givenReactor(complete).when('a', { type: 'Started' })
