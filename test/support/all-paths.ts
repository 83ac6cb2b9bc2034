import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { REREAD_MS } from '../../lib/local/faults/index.ts'
import { isObject, type JsonObject, objectAt } from '../../lib/local/json.ts'
import { eventually } from './eventually.ts'
import { writePlan } from './fault-plan.ts'
import { assemblyWith } from './granted-rights.ts'
import { LocalRun } from './local-run.ts'
import { newFolder } from './run-folder.ts'

const REACTOR = 'bookings.fulfilment'

/** A local run of the test application whose every path can be used in seconds. */
export interface FullRun {
  readonly run: LocalRun
  /** The fault plan of the run. */
  readonly plan: string
}

/** Starts the test application with a changed template, fast schedules and a fault plan. */
export async function startFullRun(
  change: (template: JsonObject) => JsonObject = (template) => template,
): Promise<FullRun> {
  const assembly = await assemblyWith((template) => change(suited(template)))
  const plan = join(newFolder('plan'), 'faults.json')
  writePlan(plan, {})
  const args = ['--assembly', assembly, '--faults', plan, '--minute', '10']
  return { run: await LocalRun.start(undefined, {}, args), plan }
}

/**
 * Gives up a batch or an asynchronous invocation after its first failure, so that it reaches the
 * on-failure destination. Runs due work less often: the short minutes would occupy the machine.
 */
function suited(template: JsonObject): JsonObject {
  const Resources = Object.entries(objectAt(template, 'Resources')).map(([logicalId, resource]) => {
    if (!isObject(resource)) return [logicalId, resource]
    const { Type } = resource
    const properties = objectAt(resource, 'Properties')
    const isOfStream = properties.StartingPosition !== undefined
    const isEachMinute = properties.ScheduleExpression === 'rate(1 minute)'
    const changes = {
      ...((isOfStream || Type === 'AWS::Lambda::EventInvokeConfig') && { MaximumRetryAttempts: 0 }),
      ...(isEachMinute && { ScheduleExpression: 'rate(20 minutes)' }),
    }
    return [logicalId, { ...resource, Properties: { ...properties, ...changes } }]
  })
  return { ...template, Resources: Object.fromEntries(Resources) }
}

/**
 * Uses every path of the application again and again: commands, queries, histories, earlier states,
 * reactions, operators' fields, schedules, and batches that are given up. Goes on after failures.
 * @param isDone ends the work
 * @throws Error after a minute
 */
export async function useAllPaths({ run, plan }: FullRun, isDone: () => boolean): Promise<void> {
  await eventually(async () => {
    for (const path of paths(run)) {
      if (isDone()) return true
      await path().catch(() => {})
    }
    // Fails about half of the batches: feed and dispatcher give them up.
    writePlan(plan, { rates: { 'function.throws': 0.5 } })
    const until = Date.now() + 1000
    while (Date.now() < until && !isDone()) await newBooking(run).catch(() => {})
    writePlan(plan, {})
    await delay(2 * REREAD_MS)
    return isDone() || undefined
  }, 60_000)
}

function* paths(run: LocalRun): Generator<() => Promise<unknown>> {
  let concert: string = randomUUID()
  let booking: string = randomUUID()
  yield async () => {
    const { data } = await run.graphql('mutation { addSeats(input: { amount: 9 }) { id } }')
    concert = data?.addSeats?.id ?? concert
  }
  // The process has not seen these resources, so it reads their histories.
  for (const field of ['reserveSeats', 'cancelBooking'])
    yield () => run.graphql(`mutation { ${field}(input: { id: "${randomUUID()}" }) { id } }`)
  yield () =>
    run.graphql(`{
      concert(id: "${concert}", version: 1) { id }
      concerts { items { id } }
      concertEvents(id: "${concert}") { number }
    }`)
  yield async () => {
    const { data } = await newBooking(run, concert)
    booking = data?.placeBooking?.id ?? booking
  }
  // A reaction rejects a booking of an unknown concert, and checks that the concert stays unknown.
  yield () => newBooking(run)
  yield () =>
    run.graphql(`{
      booking(id: "${booking}") { status }
      bookings { items { id } }
      bookingEvents(id: "${booking}") { number }
    }`)
  yield () => run.graphql(`mutation { cancelBooking(input: { id: "${booking}" }) { id } }`)
  yield () =>
    run.graphql(`{
      concertsByStatus(status: AVAILABLE, after: { id: "${concert}", version: 1 }) { behind }
      seatsByDay(day: "${new Date().toISOString().slice(0, 10)}") { reserved }
      bookingsOfConcert(concertId: "${concert}") { items { id } }
    }`)
  yield () => run.operate('{ views { view builds { parked } } viewTables { views } }')
  yield () => run.operate('mutation { rebuildView(input: { view: "seatsByDay" }) { build } }')
  yield () => run.operate('{ reactors }')
  yield () => run.operate(`{ reactorProgress(reactor: "${REACTOR}") { resources } }`)
  yield () => run.operate(`{ parkedReactions(reactor: "${REACTOR}") { id } }`)
  for (const field of [
    `retryReaction(input: { reactor: "${REACTOR}", id: "${booking}" }) { id }`,
    `pauseReactor(input: { reactor: "${REACTOR}" }) { paused }`,
    `resumeReactor(input: { reactor: "${REACTOR}" }) { paused }`,
    `replayReactor(input: { reactor: "${REACTOR}" }) { rewound }`,
    // The error lists the reactors.
    `pauseReactor(input: { reactor: "unknown" }) { paused }`,
  ])
    yield () => run.operate(`mutation { ${field} }`)
}

function newBooking(run: LocalRun, concertId: string = randomUUID()) {
  const query = `mutation ($input: PlaceBookingInput!) { placeBooking(input: $input) { id } }`
  return run.graphql(query, { input: { concertId, quantity: 1 } })
}
