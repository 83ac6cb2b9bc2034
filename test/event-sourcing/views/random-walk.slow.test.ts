import { EventRejected, StoreUnavailable } from '../../../lib/event-sourcing/index.ts'
import {
  type CheckpointStore,
  inMemoryCheckpointStore,
  ReactorOperations,
} from '../../../lib/event-sourcing/reactions/index.ts'
import {
  fold,
  inMemoryViewStore,
  list,
  type ViewStore,
} from '../../../lib/event-sourcing/views/index.ts'
import { dice } from '../../../lib/local/faults/dice.ts'
import { Concert } from '../../app/lib/tickets/index.ts'
import { concertsByStatus, hosted, newConcerts, reservedSeats, TestViews } from './support.ts'

const COMMANDS = 10_000
const CONCERTS = 60
const SEED = Number(process.env.WALK_SEED ?? Date.now() % 1_000_000)
/** The share of requests to a store that fail before or after they take effect. */
const FAULTS = 0.02
const HOUR = 3_600_000

const VIEWS = [
  hosted('concertsByStatus', concertsByStatus),
  hosted('reservedSeats', reservedSeats),
  hosted('everySeat', fold(Concert, { ...reservedSeats, by: () => 'all', spread: 3 })),
]

const random = dice(SEED)
const roll = (most: number) => Math.floor(random() * most)

beforeEach(() => {
  newConcerts()
  // Leases and pauses end by the date, which the test moves on.
  jest.useFakeTimers({
    doNotFake: [
      'setTimeout',
      'clearTimeout',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'nextTick',
      'queueMicrotask',
      'performance',
      'hrtime',
    ],
  })
})

afterEach(() => {
  jest.useRealTimers()
})

test(`views are right after 10,000 commands under faults, and a rebuild among them (seed ${SEED})`, async () => {
  let isFaulty = true
  const faulty = () => isFaulty && random() < FAULTS
  const store = withFaults<ViewStore>(inMemoryViewStore(), ['get', 'putNewer', 'change'], faulty)
  const checkpoints = withFaults<CheckpointStore>(
    inMemoryCheckpointStore(),
    ['get', 'put', 'reactor', 'putReactor'],
    faulty,
  )
  const options = { checkpoints, removeAfter: 0 }
  const start = () => new TestViews(store, VIEWS, options)
  let processes = [start(), start()]
  const anyProcess = () => processes[roll(processes.length)] ?? start()
  const running: Promise<unknown>[] = []
  const run = (work: Promise<unknown>) => running.push(work.catch(() => {}))

  for (let sent = 0; sent < COMMANDS; sent += 1) {
    const id = `${roll(5)}-${roll(CONCERTS)}`
    const concert = new Concert(id)
    const commands = [
      () => concert.addSeats(1 + roll(4)),
      () => concert.reserve({ quantity: 1 + roll(3) }),
      () => concert.release({ quantity: 1 }),
    ]
    const events = await commands[roll(3)]?.().catch((error) => {
      if (!(error instanceof EventRejected)) throw error
    })
    // News may be lost, late, twice, and at several processes at once.
    for (let news = events ? roll(3) : 0; news > 0; news -= 1) run(anyProcess().wake(id))
    if (sent % 500 === 499) {
      run(anyProcess().schedule())
      await Promise.all(running.splice(0))
      jest.setSystemTime(Date.now() + HOUR)
    }
    if (sent % 2500 === 1250) {
      await Promise.all(VIEWS.map(({ name }) => rebuild(processes, name)))
      // New processes, which do not know what the old ones were doing.
      processes = [start(), start()]
    }
  }
  await Promise.all(running)

  isFaulty = false
  const last = start()
  for (let round = 0; round < 10; round += 1) {
    jest.setSystemTime(Date.now() + HOUR)
    await last.schedule()
    for (const id of new Set(await parkedIn(checkpoints))) await last.wake(id)
  }
  for (const { name } of VIEWS) {
    const { equal, differences } = await last.verify(name)
    expect({ name, differences }).toEqual({ name, differences: [] })
    expect(equal).toBeGreaterThan(0)
  }
  for (const { view, builds } of await last.operations.progress()) {
    expect({ view, builds }).toMatchObject({ builds: [{ state: 'serving', parked: 0 }] })
  }
}, 300_000)

async function rebuild([process]: readonly TestViews[], name: string): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const done = await process?.operations.rebuild(name).catch(() => undefined)
    if (done) return
  }
}

async function parkedIn(checkpoints: CheckpointStore): Promise<string[]> {
  const operations = new ReactorOperations(checkpoints)
  const names = await operations.reactors()
  const parked = await Promise.all(names.map((name) => operations.parked(name, 1000)))
  return parked.flat().map(({ id }) => id)
}

/** Returns a store whose methods fail now and then, before or after they take effect. */
function withFaults<S extends object>(
  store: S,
  methods: readonly (keyof S)[],
  faulty: () => boolean,
): S {
  return new Proxy(store, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver)
      if (typeof method !== 'function' || !methods.some((one) => one === name)) return method
      return async (...values: unknown[]) => {
        if (faulty()) throw new StoreUnavailable('A fault, before the request', {})
        const answer: unknown = await Reflect.apply(method, target, values)
        if (faulty()) throw new StoreUnavailable('A fault, after the request', {})
        return answer
      }
    },
  })
}

test('a list of a version that is raised under load ends as the new version says', async () => {
  const store = inMemoryViewStore()
  const views = new TestViews(store, [hosted('concertsByStatus', concertsByStatus)])
  const { checkpoints } = views
  const ids = Array.from({ length: 300 }, (_, index) => `c${index}`)
  await Promise.all(ids.map((id) => new Concert(id).addSeats(1 + roll(9))))
  await views.schedule()
  const bySize = list(Concert, { ...concertsByStatus, version: 2, by: ({ quantity }) => quantity })
  const next = new TestViews(store, [hosted('concertsByStatus', bySize)], { checkpoints })
  const load = async () => {
    for (let sent = 0; sent < 300; sent += 1) {
      const id = ids[roll(ids.length)] ?? ''
      await new Concert(id).addSeats(1 + roll(3))
      await next.wake(id)
    }
  }
  await Promise.all([next.schedule(), load(), load()])
  await next.schedule()
  expect(next.switched).toEqual(['concertsByStatus 2'])
  const { equal, differences } = await next.verify('concertsByStatus')
  expect(differences).toEqual([])
  expect(equal).toBe(300)
})
