import { bind, commitTogether, inMemoryEventStore } from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'

// The messages of mistakes that the compiler finds in TypeScript, but not in JavaScript, nor in a
// value of the type any, such as parsed JSON.

const at = '2000-01-01T00:00:00.000Z'
let concert: Concert

beforeEach(async () => {
  bind(Concert, inMemoryEventStore({ name: 'Concerts' }))
  concert = new Concert('a')
  await concert.addSeats(1)
})

/** Calls a function of the framework with values that its types reject. */
const call = (called: (...args: never[]) => unknown, ...args: unknown[]): unknown =>
  Reflect.apply(called, Concert, args)

const MISTAKES: Record<string, readonly [() => unknown, string]> = {
  'findOne without an id': [
    () => call(Concert.findOne, undefined),
    'An id must be a string of 1 to 2048 bytes in UTF-8; got undefined',
  ],
  'findOne at a version that is missing': [
    () => Concert.findOne('a', { version: 9 }),
    'The resource with the id a has no version 9: its newest version is 1',
  ],
  'findOne before the first event': [
    () => Concert.findOne('a', { at }),
    `There was no resource with the id a at ${at}`,
  ],
  'bind without a store': [
    () => call(bind, Concert, undefined),
    'bind needs a store for Concert, such as dynamoDBEventStore(…); got undefined',
  ],
  'one resource twice in a commit': [
    () => commitTogether([concert, new Concert('a')], () => undefined),
    'A commit can list each resource only once: remove the duplicate of a',
  ],
  'an object that is not a resource': [
    () => call(commitTogether, [{ id: 'a' }], () => []),
    'A commit takes resources, such as new Product(id); got an instance of Object',
  ],
  'a decision about two resources with one entry': [
    () => call(commitTogether, [concert, new Concert('b')], () => [undefined]),
    'decide must return a list of 2 entries, one for each resource; got 1',
  ],
  'a decision about two resources with one event': [
    () => call(commitTogether, [concert, new Concert('b')], () => ({ type: 'SeatsAdded' })),
    'decide must return a list of 2 entries, one for each resource; got an instance of Object',
  ],
  'an event without a type': [
    () => Reflect.apply(concert.commit, concert, [{ amount: 1 }]),
    "The event's type must be a non-empty string; got undefined",
  ],
}

test.each(Object.entries(MISTAKES))(
  '%s: the error names the problem',
  async (_, [run, message]) => {
    await expect((async () => run())()).rejects.toMatchObject({ message })
  },
)
