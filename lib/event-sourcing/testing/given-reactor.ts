import assert from 'node:assert/strict'
import type { AnyAggregate } from '../aggregate.ts'
import { isEventSourcingError } from '../errors.ts'
import type { CompleteClass, EventOf, Uncommitted } from '../event.ts'
import type { ReactorOptions } from '../reactions/index.ts'
import { describeThrown } from '../runtime/thrown.ts'
import { instantOf } from '../state/moment.ts'
import { Clock, onClock } from './scenario/clock.ts'
import { alike, inTest } from './scenario/in-test.ts'
import {
  type Duration,
  millisecondsOf,
  ReactorPlay,
  type WaitingWakeUp,
} from './scenario/reactor-play.ts'

/** The expected effects of a reactor. Omitted fields are not checked. */
export interface ReactorExpectation {
  /** The events that the reactor commits, of all resources, without any others. See `committed`. */
  readonly events?: readonly Committed[]
  /** The wake-ups that wait at the end, in the order of their dates, without any others. */
  readonly wakeUps?: readonly Partial<WaitingWakeUp>[]
  /**
   * The code or the message of the error that a method of the reactor throws. The scenario ends
   * there. Omitted: no method may throw.
   */
  readonly failure?: string
}

/** The events that a reactor is expected to commit to one resource. */
export interface Committed {
  readonly of: object
  readonly id: string
  readonly events: readonly object[]
}

/** Returns the events of one resource for an expectation. Only the given attributes are compared. */
export function committed<B extends AnyAggregate>(
  of: CompleteClass<B>,
  id: string,
  events: readonly Partial<Uncommitted<EventOf<B>>>[],
): Committed {
  return { of, id, events }
}

export interface ReactorScenario<A extends AnyAggregate> {
  /**
   * Adds past events of a resource, which the reactor has already handled. Also makes a class known
   * to whose resources the reactor commits.
   */
  with<B extends AnyAggregate>(
    of: CompleteClass<B>,
    id: string,
    history?: readonly Uncommitted<EventOf<B>>[],
  ): ReactorScenario<A>
  /** Lets an event happen. The reactor handles it, and all events of its class that follow from it. */
  when(id: string, event: Uncommitted<EventOf<A>>): ReactorScenario<A>
  /** Lets time pass. Wake-ups come when they are due. */
  later(time: Duration): ReactorScenario<A>
  /** Lets time pass until a date. */
  at(date: string | Date): ReactorScenario<A>
  expect(expected: ReactorExpectation): Promise<void>
}

export interface GivenReactorOptions {
  /** The date at the beginning. Default: now. */
  readonly at?: string | Date
}

type Step = (play: ReactorPlay) => Promise<void>

/**
 * Tests a reactor: when an event happens, or time passes, expect events and wake-ups.
 *
 *     await givenReactor(reactions.deadline)
 *       .when(ORDER, { type: 'OrderPlaced', productId: PRODUCT, quantity: 2 })
 *       .later({ hours: 24 })
 *       .expect({ events: [committed(Order, ORDER, [{ type: 'OrderRejected' }])], wakeUps: [] })
 *
 * Runs the production code on its own in-memory stores and its own clock, which `Date` shows in the
 * reactor and its aggregates. Nothing waits. Return or await the promise.
 * @throws AssertionError if the result differs, and the error of a method that was not expected to
 * fail; the stack contains the line of the test
 */
export function givenReactor<A extends AnyAggregate>(
  reactor: ReactorOptions<A>,
  { at = new Date() }: GivenReactorOptions = {},
): ReactorScenario<A> {
  const classes = new Set<object>([reactor.of])
  const scenario = (steps: readonly Step[]): ReactorScenario<A> => {
    const then = (step: Step) => scenario([...steps, step])
    return {
      with(of, id, history = []) {
        classes.add(of)
        return then((play) => play.past(of, id, history))
      },
      when: (id, event) => then((play) => play.happens(id, event)),
      later: (time) => then((play) => play.passes(play.now + millisecondsOf(time))),
      at: (date) => then((play) => play.passes(instantOf('date', date))),
      expect: function expect(expected) {
        return inTest(expect, () => {
          const clock = new Clock(at)
          const events = expected.events ?? []
          const all = new Set([...classes, ...events.map(({ of }) => of)])
          return onClock(clock, () =>
            ReactorPlay.run({ reactor, classes: all, clock }, async (play) => {
              for (const step of steps) if (play.failure === undefined) await step(play)
              await check(play, expected)
            }),
          )
        })
      },
    }
  }
  return scenario([])
}

async function check(play: ReactorPlay, expected: ReactorExpectation): Promise<void> {
  const { failure } = play
  if (failure !== undefined) {
    if (expected.failure === undefined) throw failure
    const { message } = describeThrown(failure)
    assert.equal(isEventSourcingError(failure) ? failure.code : message, expected.failure)
  } else if (expected.failure !== undefined) {
    assert.fail(`Expected the failure ${expected.failure}, but no method of the reactor has failed`)
  }
  if (expected.events) {
    const wanted = new Map(expected.events.map((each) => [play.nameOf(each), each.events]))
    const found = [...(await play.committed())].map(
      ([name, events]) => [name, alike(events, wanted.get(name) ?? events)] as const,
    )
    assert.deepEqual(Object.fromEntries(found), Object.fromEntries(wanted))
  }
  if (expected.wakeUps) {
    assert.deepEqual(alike(await play.waiting(), expected.wakeUps), expected.wakeUps)
  }
}
