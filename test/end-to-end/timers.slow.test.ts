import { randomUUID } from 'node:crypto'
import { eventually } from '../support/eventually.ts'
import { LocalRun } from '../support/local-run.ts'

const FULFILMENT = 'bookings.fulfilment'
const TIMER = 'bookings.deadline@unconfirmed'
/** A day lasts six seconds. */
const IN_HURRY = ['--hurry', '14400']
const DAY = 6000

let run: LocalRun
afterEach(() => run?.remove(), 30_000)

const startAgain = async (signal: NodeJS.Signals) => {
  await run.end(signal)
  run = await LocalRun.start(run.folder, {}, IN_HURRY)
}

/** Keeps bookings pending. A reactor is known within a second of the start. */
async function pauseFulfilment(): Promise<void> {
  const mutation = `mutation { pauseReactor(input: { reactor: "${FULFILMENT}" }) { paused } }`
  await eventually(async () => (await run.operate(mutation)).data?.pauseReactor?.paused)
}

async function placed(): Promise<string> {
  const mutation = 'mutation ($input: PlaceBookingInput!) { placeBooking(input: $input) { id } }'
  const input = { concertId: randomUUID(), quantity: 1 }
  return (await run.graphql(mutation, { input })).data?.placeBooking?.id ?? ''
}

async function booking(id: string) {
  const query = 'query ($id: ID!) { booking(id: $id) { status reason } }'
  return (await run.graphql(query, { id })).data?.booking
}

async function progress() {
  const query = `{ reactorProgress(reactor: "${TIMER}") { waiting next behind parked } }`
  return (await run.operate(query)).data?.reactorProgress
}

const waits = () => eventually(async () => ((await progress())?.waiting === 1 ? true : undefined))

async function rejected(id: string) {
  const found = await eventually(async () => {
    const { status, reason } = (await booking(id)) ?? {}
    return status === 'REJECTED' ? reason : undefined
  }, 30_000)
  expect(found).toBe('Not confirmed within a day')
  const query = 'query ($id: ID!) { bookingEvents(id: $id) { type created } }'
  const { bookingEvents = [] } = (await run.graphql(query, { id })).data ?? {}
  const [first, last, ...more] = bookingEvents.map(({ created }) => Date.parse(created))
  expect(more).toEqual([])
  return Number(last) - Number(first)
}

test('a wake-up comes after its time, across a stop and a kill -9 of the run', async () => {
  run = await LocalRun.start(undefined, {}, IN_HURRY)
  await pauseFulfilment()
  // The next process knows the pause from the beginning.
  await startAgain('SIGINT')

  const overtaken = await placed()
  await waits()
  await startAgain('SIGINT')
  expect(await rejected(overtaken)).toBeGreaterThanOrEqual(DAY)

  const killed = await placed()
  await waits()
  await startAgain('SIGKILL')
  expect(await rejected(killed)).toBeGreaterThanOrEqual(DAY)

  expect(await progress()).toEqual({ waiting: 0, next: null, behind: 0, parked: 0 })
  const entries = run.logs().filter((entry) => JSON.stringify(entry).includes('unconfirmed'))
  expect(JSON.stringify(entries)).toContain(killed)
}, 180_000)
