import assert from 'node:assert/strict'
import type { AnyAggregate } from '../aggregate.ts'
import { setBinding } from '../binding.ts'
import { completeEvent } from '../commits/proposal.ts'
import { isEventSourcingError } from '../errors.ts'
import type { Event, EventHandlers, EventOf, Uncommitted } from '../event.ts'
import { inMemoryEventStore } from '../store/in-memory-event-store.ts'

/** What is expected of a command; what is left out is not looked at. */
export interface Expectation<A, E extends Event> {
  /** The events that the command committed, and no others. Only what is given here is compared. */
  readonly events?: readonly Partial<Uncommitted<E>>[]
  /** The code of the refusal, as in `'SoldOut'`; with it, no event may have been committed. */
  readonly refusal?: string
  /** The resource after the command. Only the fields that are given are compared. */
  readonly state?: Partial<A>
}

export interface Scenario<A, E extends Event> {
  /** The command: whatever it commits on the resource counts. */
  when(command: (resource: A) => unknown): { expect(expected: Expectation<A, E>): Promise<void> }
}

/**
 * Given these events, when this command, then expect these events, this refusal, this state:
 *
 *     await given(Product, [{ type: 'ProductRestocked', amount: 1 }])
 *       .when((product) => product.reserve())
 *       .expect({ events: [{ type: 'ProductReserved' }], state: { status: 'sold-out' } })
 *
 * Everything runs as in production, on a store of its own in memory. Needs no test runner.
 * @throws AssertionError where something else came about, and the error of a command that was
 * refused without being expected to
 */
export function given<A extends AnyAggregate>(
  aggregateClass: new (id?: string) => A & EventHandlers<EventOf<A>>,
  history: readonly Uncommitted<EventOf<A>>[] = [],
): Scenario<A, EventOf<A>> {
  return {
    when: (command) => ({
      async expect(expected) {
        const { resource, committed, refusal } = await play(aggregateClass, history, command)
        if (refusal !== undefined) {
          if (expected.refusal === undefined) throw refusal
          assert.equal(isEventSourcingError(refusal) ? refusal.code : refusal, expected.refusal)
          assert.deepEqual(committed, [], 'a refused command commits nothing')
        } else if (expected.refusal !== undefined) {
          assert.fail(`Expected the refusal ${expected.refusal}, but the command was not refused`)
        }
        if (expected.events) assert.deepEqual(alike(committed, expected.events), expected.events)
        if (expected.state) assert.deepEqual(alike(resource, expected.state), expected.state)
      },
    }),
  }
}

async function play<A extends AnyAggregate>(
  aggregateClass: new (id?: string) => A,
  history: readonly unknown[],
  command: (resource: A) => unknown,
): Promise<{ resource: A; committed: readonly Event[]; refusal: unknown }> {
  // A class of its own for each scenario, so that the binding of the given one stays as it is.
  const Played = subclassOf(aggregateClass)
  const store = inMemoryEventStore()
  setBinding(Played, store)
  const resource = new Played('5cab1e5c-e0a2-4000-8000-000000000000')
  let lastCreated: string | undefined
  for (const [version, proposal] of history.entries()) {
    const now = new Date().toISOString()
    const ground = { id: resource.id, version, lastCreated, now }
    const event = completeEvent(aggregateClass, proposal, ground, {
      commandId: `given-${version + 1}`,
    })
    await store.append(event)
    lastCreated = event.created
  }
  await resource.hydrate()
  let refusal: unknown
  try {
    await command(resource)
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

/** Of a value, what the pattern speaks of: fields by name, list items by position. */
function alike(value: unknown, pattern: unknown): unknown {
  if (Array.isArray(pattern) && Array.isArray(value)) {
    return value.map((item, index) => (index < pattern.length ? alike(item, pattern[index]) : item))
  }
  if (!isObject(pattern) || !isObject(value)) return value
  return Object.fromEntries(
    Object.keys(pattern).map((name) => [name, alike(Reflect.get(value, name), pattern[name])]),
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
