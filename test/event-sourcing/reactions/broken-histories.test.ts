import {
  Aggregate,
  bind,
  type Event,
  type EventStore,
  inMemoryEventStore,
  type Upcasters,
  within,
} from '../../../lib/event-sourcing/index.ts'
import {
  type CheckpointStore,
  Dispatcher,
  inMemoryCheckpointStore,
  type Reactor,
  ReactorOperations,
} from '../../../lib/event-sourcing/reactions/index.ts'

interface Rung extends Event {
  readonly type: 'Rung'
}
class Bell extends Aggregate<Rung> {
  static override readonly upcasters: Upcasters<Rung> = {
    Struck() {
      if (!isMended) throw new Error('the upcaster is broken')
      return { type: 'Rung' }
    },
  }
  onRung() {}
}

let isMended: boolean
let store: EventStore
let checkpoints: CheckpointStore
let handled: string[]
let parked: string[]

beforeEach(() => {
  isMended = false
  store = inMemoryEventStore({ name: 'Bells' })
  bind(Bell, store)
  checkpoints = inMemoryCheckpointStore()
  handled = []
  parked = []
})

function dispatcher(begins: Reactor<Bell>['begins'] = 'beginning') {
  const listening: Reactor<Bell> = {
    of: Bell,
    begins,
    onRung: ({ number }, { id }) => handled.push(`${id}/${number}`),
  }
  return new Dispatcher({
    reactors: { listening },
    checkpoints,
    observer: {
      parked: ({ id, parked: at }) => parked.push(`${id}/${at?.number}: ${at?.error.message}`),
    },
  })
}

/** Stores events with these numbers directly, without the rules of a commit. */
async function stored(id: string, numbers: readonly number[], type = 'Rung', created = new Date()) {
  for (const number of numbers) {
    const meta = { commandId: `${id}/${number}` }
    await store.append({ id, number, type, created: created.toISOString(), meta })
  }
}

const wake = (it: Dispatcher, heads: Readonly<Record<string, number>>) => {
  const told = Object.entries(heads).map(([id, number]) => ({ id, number, type: 'Rung' }))
  return within(20_000, () => it.wake('Bells', told))
}

async function pausesAreOver(): Promise<void> {
  for await (const checkpoint of checkpoints.all('listening')) {
    if (checkpoint.due !== undefined) await checkpoints.put({ ...checkpoint, due: 0 })
  }
}

test('a failing upcaster parks only its resource, at the event, until the upcaster is fixed', async () => {
  await stored('a', [1, 2])
  await stored('a', [3], 'Struck')
  await stored('a', [4])
  await stored('b', [1])
  const it = dispatcher()
  await wake(it, { a: 4, b: 1 })
  expect([...handled].sort()).toEqual(['a/1', 'a/2', 'b/1'])
  expect(parked).toEqual(['a/3: The upcaster of Struck failed (event 3 of a)'])
  isMended = true
  await pausesAreOver()
  await within(20_000, () => it.runDue())
  expect(handled.slice(3)).toEqual(['a/3', 'a/4'])
})

test('a missing event parks only its resource, after the events before it, and can be skipped', async () => {
  await stored('a', [1, 2, 4])
  await stored('b', [1])
  const it = dispatcher()
  await wake(it, { a: 4, b: 1 })
  expect([...handled].sort()).toEqual(['a/1', 'a/2', 'b/1'])
  expect(parked).toEqual(['a/3: Event 3 of a is missing'])
  await new ReactorOperations(checkpoints).skip('listening', 'a', 3, 'removed by hand')
  await within(20_000, () => it.runDue())
  expect(handled.slice(3)).toEqual(['a/4'])
})

test('the reconciler completes its pass over broken histories', async () => {
  await stored('a', [1], 'Struck')
  await stored('b', [1, 3])
  await stored('c', [1])
  const it = dispatcher()
  expect(await within(20_000, () => it.reconcile())).toBe(true)
  expect([...handled].sort()).toEqual(['b/1', 'c/1'])
  expect(parked).toHaveLength(2)
})

test.each([
  ['an upcaster that fails', [1, 2, 3], 'Struck'],
  ['a hole', [1, 3], 'Rung'],
  ['a type that nobody knows', [1, 2, 3], 'Unknown'],
])('a reactor that begins now skips %s before its start', async (_, numbers, type) => {
  await stored('a', numbers, type, new Date(0))
  await stored('a', [4])
  await wake(dispatcher('now'), { a: 4 })
  expect(handled).toEqual(['a/4'])
})
