import { setTimeout as delay } from 'node:timers/promises'
import { each, follow, type Row, type Run, until, WAIT } from './run.ts'

/** The faults, with their rates and their duration in seconds. */
const FAULTS: readonly (readonly [string, Readonly<Record<string, number>>, number])[] = [
  ['every second invocation throws', { 'function.throws': 0.5 }, 3],
  ['every second invocation runs out of time', { 'function.timesOut': 0.5 }, 3],
  ['every second invocation dies', { 'function.dies': 0.5 }, 3],
  [
    'the stream’s batches come late, twice, in parts and reordered',
    { 'stream.late': 1, 'stream.twice': 1, 'stream.split': 1, 'stream.reordered': 1 },
    3,
  ],
  ['a third of the stream’s records is lost', { 'stream.lost': 0.3 }, 3],
  ['the API fails', { 'api.fails': 1 }, 5],
  ['the API throttles everything', { 'api.throttles': 1 }, 5],
  ['the API loses every second answer', { 'api.losesAnswer': 0.5 }, 3],
  ['the API drops all messages', { 'api.drops': 1 }, 3],
  ['the API cuts every connection that has a message', { 'api.closes': 1 }, 2],
  ['DynamoDB throttles everything', { 'dynamodb.throttles': 1 }, 3],
  ['DynamoDB fails at everything', { 'dynamodb.fails': 1 }, 3],
  ['DynamoDB loses every second answer', { 'dynamodb.losesAnswer': 0.5 }, 3],
]

/**
 * Measures the time after each fault until the watcher has all events and no booking is pending.
 */
export async function recovery(run: Run): Promise<Row[]> {
  const rows: Row[] = []
  for (const [what, rates, seconds] of FAULTS) {
    const fault = async () => {
      run.faults(rates)
      await delay(seconds * 1000)
      run.faults({})
    }
    rows.push([`${what}, for ${seconds} s`, await recovered(run, fault)])
  }
  const killed = async () => {
    await delay(500)
    await run.kill()
    await run.start(true)
  }
  rows.push(['the process is killed, and started again', await recovered(run, killed)])
  return rows
}

async function recovered(run: Run, fault: () => Promise<void>): Promise<string> {
  const end = new AbortController()
  const id = await run.addSeats(undefined, 1000)
  const seen = follow(run.feed(1000), id, end.signal)
  await until(WAIT, async () => seen.has(1))
  let isOver = false
  const placed: string[] = []
  const customer = async () => {
    while (!isOver) {
      await run.addSeats(id)
      placed.push(await run.book(id))
      await delay(50)
    }
  }
  const customers = [customer(), customer()]
  await fault()
  const over = performance.now()
  isOver = true
  await Promise.all(customers)
  const after = () => `${((performance.now() - over) / 1000).toFixed(1)} s`
  const seesAll = async () => {
    const query = 'query ($id: ID!) { concert(id: $id) { id version } }'
    const { concert } = await run.graphql(query, { id })
    const { version = 0 } = concert ?? {}
    await until(WAIT, async () => seen.has(version))
  }
  await seesAll()
  const watcher = after()
  await each(placed, 4, (booking) => until(8 * WAIT, () => run.isSettled(booking)))
  const settled = after()
  await seesAll()
  end.abort()
  return `watcher ${watcher}, bookings ${settled}`
}
