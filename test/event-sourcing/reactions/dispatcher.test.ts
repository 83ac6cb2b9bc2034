import {
  Aggregate,
  bind,
  during,
  type Event,
  type EventHandlers,
  inMemoryEventStore,
  StoreUnavailable,
  within,
} from '../../../lib/event-sourcing/index.ts'
import { newCheckpoint } from '../../../lib/event-sourcing/reactions/checkpoints/checkpoint.ts'
import {
  type CheckpointStore,
  Dispatcher,
  inMemoryCheckpointStore,
  type Reaction,
  type Reactor,
} from '../../../lib/event-sourcing/reactions/index.ts'
import { eventually } from '../../support/eventually.ts'

interface Counted extends Event {
  readonly type: 'Counted'
  readonly by: number
}
interface Cleared extends Event {
  readonly type: 'Cleared'
}
class Counter extends Aggregate<Counted | Cleared> implements EventHandlers<Counted | Cleared> {
  sum = 0
  count(by: number) {
    return this.commit({ type: 'Counted', by })
  }
  onCounted({ by }: Counted) {
    this.sum += by
  }
  onCleared() {
    this.sum = 0
  }
}

type Handler = (event: Counted, reaction: Reaction) => unknown

let checkpoints: CheckpointStore
let handled: string[]
let parked: string[]

beforeEach(() => {
  bind(Counter, inMemoryEventStore({ name: 'Counters', pageSize: 3 }))
  checkpoints = inMemoryCheckpointStore()
  handled = []
  parked = []
})

/** Returns a dispatcher whose reactor records each event after the handler has finished. */
function dispatcher(handler: Handler = () => {}, options: Partial<Reactor<Counter>> = {}) {
  const noting: Reactor<Counter> = {
    of: Counter,
    begins: 'beginning',
    patience: 200,
    async onCounted(event, reaction) {
      await handler(event, reaction)
      handled.push(`${reaction.id}/${event.number}`)
    },
    ...options,
  }
  return new Dispatcher({
    reactors: { noting },
    checkpoints,
    observer: { parked: ({ id, parked: what }) => parked.push(`${id}/${what?.number}`) },
  })
}

async function counted(id: string, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) await new Counter(id).count(1)
}

/** Returns the event of this number as the stream delivers it. */
const told = ([id, number]: [string, number]) => ({
  id,
  number,
  type: 'Counted',
})
const wake = (it: Dispatcher, ...heads: [string, number][]) =>
  within(20_000, () => it.wake('Counters', heads.map(told)))
const due = (it: Dispatcher) => within(20_000, () => it.runDue())

/** Ends every pause. */
async function pausesAreOver(): Promise<void> {
  for await (const checkpoint of checkpoints.all('noting')) {
    if (checkpoint.due !== undefined) await checkpoints.put({ ...checkpoint, due: 0 })
  }
}

test('every event of a resource is handled once and in order, whatever order the stream has', async () => {
  await counted('a', 7)
  const it = dispatcher()
  await wake(it, ['a', 3])
  await wake(it, ['a', 7])
  await wake(it, ['a', 7], ['a', 2])
  expect(handled).toEqual([1, 2, 3, 4, 5, 6, 7].map((number) => `a/${number}`))
})

test('parallel runs on one resource handle each event once', async () => {
  await counted('a', 5)
  const its = [dispatcher(), dispatcher(), dispatcher()]
  await Promise.all(its.map((it) => wake(it, ['a', 5])))
  expect(handled).toEqual([1, 2, 3, 4, 5].map((number) => `a/${number}`))
})

test('an event that arrives during another run is handled', async () => {
  await counted('a', 1)
  const other = dispatcher()
  const it = dispatcher(
    async ({ number }) => {
      if (number > 1) return
      await counted('a', 1)
      await wake(other, ['a', 2])
    },
    { patience: 10_000 },
  )
  await wake(it, ['a', 1])
  expect(handled).toEqual(['a/1', 'a/2'])
})

test('a failing handler parks only its resource, which catches up after the handler is fixed', async () => {
  await counted('a', 3)
  await counted('b', 3)
  let isMended = false
  const it = dispatcher(({ number }, { id }) => {
    if (id === 'a' && number === 2 && !isMended) throw new Error('not yet')
  })
  await wake(it, ['a', 3], ['b', 3])
  expect(handled).toEqual(expect.arrayContaining(['a/1', 'b/1', 'b/2', 'b/3']))
  expect(handled).toHaveLength(4)
  expect(parked).toEqual(['a/2'])
  isMended = true
  await wake(it, ['a', 3])
  expect(handled).toHaveLength(4)
  await pausesAreOver()
  await due(it)
  expect(handled.slice(4)).toEqual(['a/2', 'a/3'])
})

test('an event that arrives while the schedule unparks its resource is handled', async () => {
  await counted('a', 1)
  let isMended = false
  const it = dispatcher(() => {
    if (!isMended) throw new Error('not yet')
  })
  await wake(it, ['a', 1])
  await pausesAreOver()
  isMended = true
  await counted('a', 1)
  await Promise.all([due(it), wake(dispatcher(), ['a', 2])])
  expect(handled).toEqual(['a/1', 'a/2'])
})

test('a handler that never returns parks its resource, and other resources continue', async () => {
  await counted('a', 1)
  await counted('b', 1)
  const it = dispatcher((_, { id }) => (id === 'a' ? new Promise(() => {}) : undefined))
  await wake(it, ['a', 1], ['b', 1])
  expect(handled).toEqual(['b/1'])
  expect(parked).toEqual(['a/1'])
})

test('an event that crashes the process is parked after its attempts', async () => {
  await counted('a', 2)
  for (let death = 0; death < 3; death += 1) await died('a')
  await due(dispatcher())
  expect(parked).toEqual(['a/1'])
  await pausesAreOver()
  await due(dispatcher())
  expect(handled).toEqual(['a/1', 'a/2'])
})

test('an event of an unknown type waits for newer code', async () => {
  class Newer extends Aggregate<Counted | Cleared | (Event & { readonly type: 'Doubled' })> {
    onCounted() {}
    onCleared() {}
    onDoubled() {}
  }
  const store = inMemoryEventStore({ name: 'Counters' })
  bind(Counter, store)
  bind(Newer, store)
  await counted('a', 1)
  await new Newer('a').commit([{ type: 'Cleared' }, { type: 'Doubled' }])
  await wake(dispatcher(), ['a', 3])
  expect(handled).toEqual(['a/1'])
  expect(parked).toEqual(['a/3'])
  const checkpoint = await checkpoints.get('noting', 'a')
  expect(checkpoint).toMatchObject({ handled: 2, parked: { type: 'Doubled', times: 1 } })
})

test('a reactor that begins now skips earlier events', async () => {
  const old = { type: 'Counted', by: 1, created: '2020-01-01T00:00:00.000Z' } as const
  await new Counter('a').commit([old, old])
  await counted('a', 1)
  await wake(dispatcher(undefined, { begins: 'now' }), ['a', 3])
  expect(handled).toEqual(['a/3'])
})

test('the reconciler finds events that the stream lost', async () => {
  for (const id of ['a', 'b', 'c']) await counted(id, 2)
  const it = dispatcher()
  await wake(it, ['b', 2])
  expect(await within(20_000, () => it.reconcile())).toBe(true)
  expect([...handled].sort()).toEqual(['a/1', 'a/2', 'b/1', 'b/2', 'c/1', 'c/2'])
})

test('resources that are left at the end of the time are delivered again', async () => {
  await counted('a', 1)
  const it = dispatcher()
  const late = within(100, () => it.wake('Counters', [told(['a', 1])]))
  await expect(late).rejects.toThrow('Out of time: 1 resources have to come again')
  await wake(it, ['a', 1])
  expect(handled).toEqual(['a/1'])
})

test('an event without a method in the reactor starts no run, and is skipped later', async () => {
  await counted('a', 1)
  await new Counter('a').commit({ type: 'Cleared' })
  const it = dispatcher()
  await within(20_000, () => it.wake('Counters', [{ ...told(['a', 2]), type: 'Cleared' }]))
  expect(await checkpoints.get('noting', 'a')).toBeUndefined()
  await within(20_000, () => it.wake('Counters', [told(['a', 1])]))
  expect(await checkpoints.get('noting', 'a')).toMatchObject({ handled: 2 })
})

test('a reactor that begins now skips old events that are still in the stream', async () => {
  const old = { type: 'Counted', by: 1, created: '2026-01-01T00:00:00.000Z' } as const
  await new Counter('a').commit([old])
  const it = dispatcher(undefined, { begins: 'now' })
  await wake(it, ['a', 1])
  expect(handled).toEqual([])
  await counted('a', 1)
  await wake(it, ['a', 2])
  expect(handled).toEqual(['a/2'])
})

/** Leaves expired leases, as a process does that has died. */
async function died(...ids: string[]): Promise<void> {
  for (const id of ids) {
    const there = await checkpoints.get('noting', id)
    const { generation = 0, attempts = 0, revision = 0 } = there ?? {}
    const left = { generation: generation + 1, attempts: attempts + 1, revision, due: 0 }
    await checkpoints.put({ reactor: 'noting', id, handled: 0, seen: 1, ...left })
  }
}

test('resources that ran beside a crashing event are not parked', async () => {
  for (const id of ['a', 'b', 'c']) await counted(id, 1)
  await died('a', 'b', 'c')
  // The process dies during `a`, before the other resources.
  for (let death = 0; death < 2; death += 1) {
    const it = dispatcher((_, { id }) => (id === 'a' ? new Promise(() => {}) : undefined), {
      patience: 15_000,
    })
    const attempts = death + 2
    due(it).catch(() => {})
    await eventually(
      async () => (await checkpoints.get('noting', 'a'))?.attempts === attempts || undefined,
    )
    await pausesAreOver()
  }
  await due(dispatcher())
  expect(parked).toEqual(['a/1'])
  expect([...handled].sort()).toEqual(['b/1', 'c/1'])
})

test('an unavailable store fails the batch until it answers, and parks nothing', async () => {
  const store = inMemoryEventStore({ name: 'Counters' })
  bind(Counter, store)
  await counted('a', 1)
  let isOut = true
  const { history } = store
  Object.assign(store, {
    history(...range: Parameters<typeof history>) {
      if (isOut) throw new StoreUnavailable('It is out', { store: 'Counters' })
      return history(...range)
    },
  })
  const it = dispatcher()
  for (let time = 0; time < 5; time += 1) {
    await expect(wake(it, ['a', 1])).rejects.toThrow('Not all resources could be reached')
  }
  isOut = false
  await wake(it, ['a', 1])
  expect(handled).toEqual(['a/1'])
  expect(parked).toEqual([])
})

test('a long run of skipped events continues where the last run ended', async () => {
  for (let time = 0; time < 9; time += 1) await new Counter('a').commit({ type: 'Cleared' })
  await counted('a', 1)
  const saved: (number | undefined)[] = []
  const { put } = checkpoints
  const observed: CheckpointStore = {
    ...checkpoints,
    put(checkpoint) {
      saved.push(checkpoint.handled)
      return put(checkpoint)
    },
  }
  // Without patience, the lease is extended after each page.
  const passing: Reactor<Counter> = {
    of: Counter,
    begins: 'beginning',
    patience: 0,
    onCounted() {},
  }
  const it = new Dispatcher({ reactors: { noting: passing }, checkpoints: observed })
  await wake(it, ['a', 10])
  expect(saved.filter((handled) => handled && handled < 9)).toEqual([3, 6])
})

test('a reactor that begins now handles the events before the first schedule', async () => {
  await counted('a', 1)
  const it = dispatcher(undefined, { begins: 'now' })
  await due(it)
  await wake(it, ['a', 1])
  expect(handled).toEqual(['a/1'])
})

test.each([
  ['nothing that can be told', Object.create(null)],
  ['a text without end', 'x'.repeat(1_000_000)],
  [
    'an error with an endless name',
    Object.assign(new Error('no'), { name: 'x'.repeat(1_000_000) }),
  ],
  ['an error whose message is no text', Object.assign(new Error(), { message: { no: 'text' } })],
])('a resource whose handler throws %s is parked', async (_, thrown) => {
  await counted('a', 1)
  await wake(
    dispatcher(() => Promise.reject(thrown), { tries: 1 }),
    ['a', 1],
  )
  expect(parked).toEqual(['a/1'])
  expect(JSON.stringify(await checkpoints.get('noting', 'a')).length).toBeLessThan(3000)
})

test('an event starts only if its patience is left, and is not parked otherwise', async () => {
  await counted('a', 1)
  const slow = () => new Promise((resolve) => setTimeout(resolve, 300))
  const it = dispatcher(slow, { patience: 5900, tries: 1 })
  await within(5800, () => it.wake('Counters', [told(['a', 1])]))
  expect([handled, parked]).toEqual([[], []])
  await due(it)
  expect([handled, parked]).toEqual([['a/1'], []])
})

test('a failed write after a handled event does not count as a failed attempt', async () => {
  await counted('a', 1)
  let isOut = false
  const { put } = checkpoints
  const failing: CheckpointStore = {
    ...checkpoints,
    async put(checkpoint) {
      if (!isOut) return put(checkpoint)
      isOut = false
      throw new StoreUnavailable('It is out', { store: 'checkpoints' })
    },
  }
  const onCounted = () => {
    isOut = true
  }
  const once: Reactor<Counter> = { of: Counter, begins: 'beginning', tries: 1, onCounted }
  const it = new Dispatcher({ reactors: { noting: once }, checkpoints: failing })
  await expect(wake(it, ['a', 1])).rejects.toThrow('Not all resources could be reached')
  expect(await checkpoints.get('noting', 'a')).toMatchObject({ handled: 0, attempts: 0 })
})

describe('a reactor that causes its own events', () => {
  /** Wakes the dispatcher for each new event, as the stream does, until there are no more. */
  async function untilQuiet(it: Dispatcher, most: number): Promise<number> {
    let last = 0
    for (let round = 0; round <= most; round += 1) {
      const { version } = await Counter.findOne('a')
      if (version === last) return version
      last = version
      await wake(it, ['a', version])
    }
    return last
  }

  test.each<[string, { readonly deepest?: number }, number]>([
    ['after 50 reactions', {}, 51],
    ['after the number that it sets', { deepest: 3 }, 4],
  ])(
    'is parked %s, with a clear error, and delays no other resource',
    async (_, options, length) => {
      await counted('a', 1)
      const it = dispatcher((_event, { id, commandId }) => {
        if (id === 'a')
          return new Counter(id).commit({ type: 'Counted', by: 1 }, { commandId: commandId() })
      }, options)
      expect(await untilQuiet(it, 200)).toBe(length + 1)
      const events = await new Counter('a').events()
      expect(events.map(({ meta }) => meta?.depth)).toEqual([
        undefined,
        ...Array.from({ length }, (_, index) => index + 1),
      ])
      expect(new Set(parked)).toEqual(new Set([`a/${length + 1}`]))
      const checkpoint = await checkpoints.get('noting', 'a')
      expect(checkpoint?.parked?.error).toMatchObject({
        name: 'EndlessReactions',
        message: `More than ${options.deepest ?? 50} reactions, one caused by the other, led to event ${length + 1} of a (Counted): the reactor noting probably causes its own events. Stop that, then skip the event; or raise the reactor's deepest`,
      })
      await counted('b', 1)
      await wake(it, ['b', 1])
      expect(handled).toContain('b/1')
    },
  )
})

class Unreadable extends Error {
  override get message(): string {
    throw new Error('a getter')
  }
}

test.each([
  ['a text', 'no stock', { name: 'string', message: 'no stock' }],
  ['undefined', undefined, { name: 'undefined', message: 'undefined' }],
  ['an object', { why: 'no' }, { name: 'object', message: "{ why: 'no' }" }],
  ['an unreadable error', new Unreadable(), { name: 'Error' }],
  ['several errors', new AggregateError([new Error('a'), 'b']), { message: 'a; b' }],
  [
    'an error',
    new RangeError('too far'),
    {
      name: 'RangeError',
      message: 'too far',
      at: expect.stringMatching(/dispatcher\.test\.ts:\d+:\d+$/),
    },
  ],
])('the parked error describes %s', async (_, thrown, error) => {
  await counted('a', 1)
  const it = dispatcher(() => {
    throw thrown
  })
  await wake(it, ['a', 1])
  expect(parked).toEqual(['a/1'])
  expect((await checkpoints.get('noting', 'a'))?.parked?.error).toMatchObject(error)
})

test('a hundred handlers that hang do not delay another resource of the same batch', async () => {
  const hanging = Array.from({ length: 100 }, (_, index) => `hanging-${index}`)
  for (const id of [...hanging, 'other']) await counted(id, 1)
  const it = dispatcher(
    ({ number: _ }, { id }) => (id === 'other' ? undefined : new Promise(() => {})),
    {
      patience: 3000,
      tries: 1,
    },
  )
  const began = performance.now()
  const woken = wake(it, ...[...hanging, 'other'].map((id): [string, number] => [id, 1]))
  await eventually(async () => handled.includes('other/1') || undefined, 2000)
  expect(performance.now() - began).toBeLessThan(2000)
  await woken
  expect(parked).toHaveLength(100)
})

test('a reactor whose due handlers hang does not delay the due work of another reactor', async () => {
  const record: string[] = []
  const counting = (name: string, handler: () => unknown): Reactor<Counter> => ({
    of: Counter,
    begins: 'beginning',
    patience: 2000,
    tries: 1,
    async onCounted(_, { id }) {
      await handler()
      record.push(`${name} ${id}`)
    },
  })
  const reactors = {
    stuck: counting('stuck', () => new Promise(() => {})),
    swift: counting('swift', () => {}),
  }
  const it = new Dispatcher({ reactors, checkpoints })
  for (const id of ['a', 'b', 'c']) {
    await counted(id, 1)
    for (const name of ['stuck', 'swift'])
      await checkpoints.put({ ...newCheckpoint(name, id, 1), due: 1 })
  }
  const running = due(it)
  await eventually(async () => record.length === 3 || undefined, 1500)
  expect(record.sort()).toEqual(['swift a', 'swift b', 'swift c'])
  await running
})

test('a handler that does not wait for its commits is done when they are', async () => {
  await counted('a', 1)
  const it = dispatcher((_, { commandId }) => {
    new Counter('b').commit({ type: 'Counted', by: 1 }, { commandId: commandId(), creates: true })
  })
  await wake(it, ['a', 1])
  expect(await new Counter('b').events()).toHaveLength(1)
})

test('a handler fails with a commit that it does not wait for', async () => {
  await counted('a', 1)
  const it = dispatcher((_, { commandId }) => {
    new Counter('nobody').commit({ type: 'Counted', by: 1 }, { commandId: commandId() })
  })
  await wake(it, ['a', 1])
  expect(parked).toEqual(['a/1'])
})

test('a reaction creates one resource, however often it is tried', async () => {
  await counted('a', 1)
  const ids = new Set<string>()
  let attempts = 0
  const it = dispatcher(async (_, { commandId, newId }) => {
    const created = new Counter(newId())
    ids.add(created.id).add(newId(1))
    await created.commit({ type: 'Counted', by: 1 }, { commandId: commandId(), creates: true })
    attempts += 1
    if (attempts < 3) throw new Error('not yet')
  })
  await wake(it, ['a', 1])
  const [id = ''] = ids
  expect(ids.size).toBe(1)
  expect(await new Counter(id).events()).toHaveLength(1)
  expect(handled).toEqual(['a/1'])
})

test('a reaction cannot create a resource under a random id with its commandId', async () => {
  await counted('a', 1)
  let created: Counter | undefined
  const it = dispatcher(async (_, { commandId }) => {
    created = new Counter()
    await created.commit({ type: 'Counted', by: 1 }, { commandId: commandId() })
  })
  await wake(it, ['a', 1])
  expect(parked).toEqual(['a/1'])
  const { parked: failed } = (await checkpoints.get('noting', 'a')) ?? {}
  expect(failed?.error.message).toMatch(/each attempt would create another one: make it with newId/)
  expect(await created?.events()).toEqual([])
})

test('the events of a reaction have the caller who caused it, and the name of the reactor', async () => {
  await during(undefined, () => counted('a', 1), { actor: 'user:alice' })
  await counted('b', 1)
  const it = dispatcher(async (_event, { id, newId, commandId }) => {
    if (id.length > 1) return
    const options = { creates: true, commandId: commandId() }
    await new Counter(newId()).commit({ type: 'Counted', by: 1 }, options)
  })
  await wake(it, ['a', 1], ['b', 1])
  const made: unknown[] = []
  for await (const counter of Counter.all()) {
    const [event] = await counter.events()
    const { actor, owner, reactor } = event?.meta ?? {}
    if (counter.id.length > 1) made.push({ actor, owner, reactor })
  }
  expect(made).toHaveLength(2)
  expect(made).toContainEqual({ actor: 'user:alice', owner: 'alice', reactor: 'noting' })
  expect(made).toContainEqual({ reactor: 'noting' })
})
