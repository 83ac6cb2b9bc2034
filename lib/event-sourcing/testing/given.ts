import assert from 'node:assert/strict'
import type { AnyAggregate } from '../aggregate.ts'
import { setBinding } from '../binding.ts'
import { isEventSourcingError } from '../errors.ts'
import type { Event, EventHandlers, EventOf, Uncommitted } from '../event.ts'
import { during } from '../runtime/work.ts'
import { inMemoryEventStore } from '../store/in-memory-event-store.ts'
import { Clock, onClock } from './scenario/clock.ts'
import { alike, inTest } from './scenario/in-test.ts'
import { appendPast } from './scenario/past.ts'

/** The expected result of a command. Omitted fields are not checked. */
export interface Expectation<A, E extends Event> {
  /** The committed events, without any others. Only the given attributes are compared. */
  readonly events?: readonly Partial<Uncommitted<E>>[]
  /**
   * The code of the expected rejection, such as `'SoldOut'`. A rejected command must not commit
   * events.
   */
  readonly refusal?: string
  /** The resource after the command. Only the given fields are compared. */
  readonly state?: Partial<A>
}

export interface Scenario<A, E extends Event> {
  /** Runs the command. All events that it commits to the resource count. */
  when(command: (resource: A) => unknown): { expect(expected: Expectation<A, E>): Promise<void> }
}

export interface GivenOptions {
  /**
   * The date that `Date` shows, for rules that use it. Past events without `created` have this date
   * too. Default: now.
   */
  readonly at?: string | Date
}

/**
 * Tests a command: given past events, when the command runs, expect events, a rejection or a state.
 *
 *     await given(Product, [{ type: 'ProductRestocked', amount: 1 }])
 *       .when((product) => product.reserve())
 *       .expect({ events: [{ type: 'ProductReserved' }], state: { status: 'sold-out' } })
 *
 * Runs the production code on its own in-memory store. Works with any test runner. Return or await
 * the promise. Otherwise a runner with a global `afterEach`, such as Jest, waits for it after the test.
 * @throws AssertionError if the result differs, and the command's error if the rejection was not
 * expected; the stack contains the line of the test
 */
export function given<A extends AnyAggregate>(
  aggregateClass: new (id?: string) => A & EventHandlers<EventOf<A>>,
  history: readonly Uncommitted<EventOf<A>>[] = [],
  { at }: GivenOptions = {},
): Scenario<A, EventOf<A>> {
  return {
    when: (command) => ({
      expect: function expect(expected) {
        return inTest(expect, async () => {
          const playing = () => play(aggregateClass, history, command)
          const played = await (at === undefined ? playing() : onClock(new Clock(at), playing))
          check(played, expected)
        })
      },
    }),
  }
}

interface Played<A> {
  readonly resource: A
  readonly committed: readonly Event[]
  readonly refusal: unknown
}

function check<A extends AnyAggregate>(
  { resource, committed, refusal }: Played<A>,
  expected: Expectation<A, EventOf<A>>,
): void {
  if (refusal !== undefined) {
    if (expected.refusal === undefined) throw refusal
    assert.equal(isEventSourcingError(refusal) ? refusal.code : refusal, expected.refusal)
    assert.deepEqual(committed, [], 'a refused command must not commit events')
  } else if (expected.refusal !== undefined) {
    assert.fail(`Expected the refusal ${expected.refusal}, but the command was not refused`)
  }
  if (expected.events) assert.deepEqual(alike(committed, expected.events), expected.events)
  if (expected.state) assert.deepEqual(alike(resource, expected.state), expected.state)
}

async function play<A extends AnyAggregate>(
  aggregateClass: new (id?: string) => A,
  history: readonly unknown[],
  command: (resource: A) => unknown,
): Promise<Played<A>> {
  // Each scenario uses its own subclass, so that the binding of the given class stays unchanged.
  const Played = subclassOf(aggregateClass)
  const store = inMemoryEventStore()
  setBinding(Played, store)
  const resource = new Played('5cab1e5c-e0a2-4000-8000-000000000000')
  await appendPast(store, aggregateClass, resource.id, history)
  await resource.hydrate()
  let refusal: unknown
  try {
    await during(undefined, () => command(resource))
  } catch (error) {
    refusal = error
  }
  return { resource, committed: await resource.events({ after: history.length }), refusal }
}

function subclassOf<A>(base: new (id?: string) => A): new (id?: string) => A {
  const derived = class extends (base as new (id?: string) => object) {}
  return derived as new (
    id?: string,
  ) => A
}
