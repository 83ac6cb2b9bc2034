import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import type { AnyAggregate } from '../aggregate.ts'
import { setBinding } from '../binding.ts'
import { completeEvent } from '../commits/proposal.ts'
import { isEventSourcingError } from '../errors.ts'
import type { Event, EventHandlers, EventOf, Uncommitted } from '../event.ts'
import { during } from '../runtime/work.ts'
import { isPlainObject } from '../state/state.ts'
import { inMemoryEventStore } from '../store/in-memory-event-store.ts'

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
): Scenario<A, EventOf<A>> {
  return {
    when: (command) => ({
      expect: function expect(expected) {
        const test = testFrames(expect)
        const checked = play(aggregateClass, history, command).then((played) =>
          check(played, expected, test),
        )
        checks.push(checked)
        // A promise of its own: if the test ignores its rejection, Node.js still reports that.
        return checked.then(() => undefined)
      },
    }),
  }
}

/** The expectations of the current test. */
const checks: Promise<void>[] = []

/**
 * Waits for the expectations that the test has not awaited, and until Node.js has reported those that
 * failed. Otherwise Node.js reports them after the last test, and that ends Jest.
 */
async function endOfTest(): Promise<void> {
  await Promise.allSettled(checks.splice(0))
  await setImmediate()
}

const afterEach: unknown = Reflect.get(globalThis, 'afterEach')
if (typeof afterEach === 'function') afterEach(endOfTest)

interface Played<A> {
  readonly resource: A
  readonly committed: readonly Event[]
  readonly refusal: unknown
}

function check<A extends AnyAggregate>(
  { resource, committed, refusal }: Played<A>,
  expected: Expectation<A, EventOf<A>>,
  test: string,
): void {
  try {
    if (refusal !== undefined) {
      if (expected.refusal === undefined) throw refusal
      assert.equal(isEventSourcingError(refusal) ? refusal.code : refusal, expected.refusal)
      assert.deepEqual(committed, [], 'a refused command must not commit events')
    } else if (expected.refusal !== undefined) {
      assert.fail(`Expected the refusal ${expected.refusal}, but the command was not refused`)
    }
    if (expected.events) assert.deepEqual(alike(committed, expected.events), expected.events)
    if (expected.state) assert.deepEqual(alike(resource, expected.state), expected.state)
  } catch (error) {
    throw withTestFrames(error, test)
  }
}

/** Returns the frames of the stack above `called`, which begin with the line of the test. */
function testFrames(called: (expected: never) => unknown): string {
  const here = { stack: '' }
  Error.captureStackTrace(here, called)
  return here.stack.replace(/^.*\n/, '')
}

/** An assertion gets the frames of the test. An error of the command also keeps its own. */
function withTestFrames(error: unknown, frames: string): unknown {
  if (error instanceof assert.AssertionError) {
    error.stack = `${error.name}: ${error.message}\n${frames}`
  } else if (error instanceof Error) {
    // Fails silently for a frozen error.
    Reflect.set(error, 'stack', `${error.stack}\n${frames}`)
  }
  return error
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
  let lastCreated: string | undefined
  for (const [version, proposal] of history.entries()) {
    const now = new Date().toISOString()
    const context = { id: resource.id, version, lastCreated, now, imported: true }
    const event = completeEvent(aggregateClass, proposal, context, {
      commandId: `given-${version + 1}`,
    })
    await store.append(event)
    lastCreated = event.created
  }
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

/**
 * Returns the parts of a value that the pattern contains: fields by name, list items by position.
 */
function alike(value: unknown, pattern: unknown): unknown {
  if (Array.isArray(pattern) && Array.isArray(value)) {
    return value.map((item, index) => (index < pattern.length ? alike(item, pattern[index]) : item))
  }
  if (!isPlainObject(pattern) || typeof value !== 'object') return value
  if (value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.keys(pattern).map((name) => [name, alike(Reflect.get(value, name), pattern[name])]),
  )
}
