import { setTimeout as delay } from 'node:timers/promises'
import { dice } from '../../lib/local/faults/dice.ts'
import { audit, type Histories } from './books.ts'
import { Customers } from './customers.ts'
import { Inspector } from './inspector.ts'
import { FaultyRun, RATES } from './run.ts'
import { ViewAudit } from './view-audit.ts'
import { Watchers } from './watchers.ts'

const COMMANDS = Number(process.env.SOAK_COMMANDS ?? 200)
const SEED = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000)
/** The number of watched bookings. All concerts are watched, too. */
const WATCHED = 200
/** The number of bookings that are handled again at the end, which must not change any data. */
const REPLAYED = 200
const CUSTOMERS = 16
const CONCERTS = 5
/** The views of the tests' app. */
const VIEWS = ['bookingsOfConcert', 'concertsByStatus', 'seatsByDay']
/** The number of commands after which the process is killed. */
const KILL_EVERY = Math.max(100, COMMANDS / 10)

/** The time for leases to expire and for the reconciler to check all bookings, in milliseconds. */
const QUIET_WITHIN = 180_000 + COMMANDS * 30

const run = new FaultyRun(SEED)
const inspector = new Inspector(run)
const views = new ViewAudit(run)
let watchers: Watchers | undefined

afterAll(async () => {
  watchers?.stop()
  await run.remove()
}, 30_000)

test(`faults cause no lost, doubled, oversold or hanging booking, and no wrong view (seed ${SEED})`, async () => {
  process.stdout.write(`soak: SOAK_COMMANDS=${COMMANDS} SOAK_SEED=${SEED}\n`)
  await run.start({})
  const watched = new Watchers(run.current.outputs)
  watchers = watched
  const customers = new Customers({
    call: (query, variables) => run.graphql(query, variables),
    roll: dice(SEED),
    run: `soak-${SEED}`,
    booked(id) {
      if (watched.count < CONCERTS + WATCHED) watched.watch('Booking', id)
    },
  })
  await customers.stock(CONCERTS)
  for (const id of customers.concerts) watched.watch('Concert', id)

  await run.rates(RATES)
  const began = Date.now()
  let left = COMMANDS
  while (left > 0) {
    const some = Math.min(left, KILL_EVERY)
    const shopping = customers.shop(some, CUSTOMERS)
    left -= some
    // The kill that follows ends a build in the middle.
    for (const view of VIEWS) await views.rebuild(view)
    if (left > 0) {
      await delay(500)
      await run.kill(RATES)
    }
    await shopping
  }
  const shopped = Date.now()

  await run.rates({})
  let concerts: Histories = new Map()
  let bookings: Histories = new Map()
  // The reconciler finds the events that a stream has lost. Problems that remain after that are
  // permanent.
  const look = async () => {
    concerts = await inspector.histories('concertEvents', customers.concerts)
    bookings = await inspector.histories('bookingEvents', customers.bookings)
    const left = await inspector.quantities(customers.concerts)
    const problems = audit({ concerts, bookings, left, commands: customers.done })
    const behind = await inspector.behind(bookings.size)
    return [...problems, ...behind, ...(await views.unfinished())]
  }
  expect(await inspector.quiet(QUIET_WITHIN, look)).toEqual([])
  expect(await views.differences()).toEqual([])
  const quiet = Date.now()
  await inspector.replay(customers.bookings.slice(0, REPLAYED))
  expect(await inspector.quiet(QUIET_WITHIN, look)).toEqual([])
  expect(bookings.size).toBe(customers.bookings.length)
  await watched.haveSeen(new Map([...concerts, ...bookings]), 30_000)
  watched.stop()
  expect(await inspector.handled(bookings, QUIET_WITHIN)).toEqual([])

  const tries = customers.done.reduce((sum, command) => sum + command.tries, 0)
  const released = [...concerts.values()].flat().filter(({ type }) => type === 'SeatsReleased')
  process.stdout.write(
    `soak: seed ${SEED}, ${customers.done.length} commands in ${tries} tries, ` +
      `${bookings.size} bookings, ${released.length} of them released, ${watched.count} watchers, ` +
      `${run.kills} kills, ${shopped - began} ms of commands, quiet after ${quiet - shopped} ms more\n`,
  )
}, 3_600_000)
