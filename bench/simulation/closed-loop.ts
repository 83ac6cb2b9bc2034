import { type Measured, readMeasured } from '../costs/measured.ts'
import { markdown } from '../costs/tables.ts'
import { NEW_ACCOUNT, timesOnAws } from './settings.ts'
import { Simulation } from './simulation.ts'

/** No limit, as a rate. */
export const NEVER = 1e9
const SEEDS = 10
const SECONDS = 60

export interface LoopResult {
  /** Committed events a second. */
  readonly rate: number
  /** Requests to DynamoDB for each committed event. */
  readonly requestsPerEvent: number
}

/**
 * Simulates writers of one resource at the emulator: each commits as soon as its last commit has
 * ended, without AppSync and Lambda. Returns the means of several seeds.
 * @param each the commits of a writer
 */
export function closedLoops(measured: Measured, writers: number, each: number): LoopResult {
  const all = Array.from({ length: SEEDS }, (_, seed) => closedLoop(measured, writers, each, seed))
  const mean = (key: keyof LoopResult) => all.reduce((sum, one) => sum + one[key], 0) / SEEDS
  return { rate: mean('rate'), requestsPerEvent: mean('requestsPerEvent') }
}

function closedLoop({ writer }: Measured, writers: number, each: number, seed: number): LoopResult {
  const simulation = new Simulation({
    seed,
    load: {
      base: 0,
      burst: 0,
      seconds: [0, SECONDS, 0],
      resources: 1,
      hotShare: 0,
      reactions: 0,
      hotReaction: false,
      subscribers: 0,
    },
    quotas: {
      ...NEW_ACCOUNT,
      tokens: NEVER,
      concurrency: NEVER,
      warm: writers,
      partitions: 1,
      partitionWrites: NEVER,
      feedAtOnce: 0,
    },
    times: {
      ...timesOnAws(),
      appsync: 0,
      command: writer.processor,
      attempt: writer.processor,
      dynamodb: writer.time - writer.processor,
    },
  })
  const { commands, clock } = simulation
  const left = new Map<number, number>()
  let ended = 0
  commands.onFree = (environment) => {
    const more = (left.get(environment) ?? each) - 1
    left.set(environment, more)
    ended = clock.now
    if (more > 0) commands.send(0)
  }
  for (let index = 0; index < writers; index += 1) commands.send(0)
  simulation.run()
  const { accepted, puts, reads } = commands
  if (accepted !== writers * each) {
    throw new Error(`${writers} writers committed ${accepted} of ${writers * each} events`)
  }
  return { rate: accepted / (ended / 1000), requestsPerEvent: (puts + reads) / accepted }
}

/** Returns a table that compares measured and simulated writers of one resource. */
export function closedLoopTable(): string {
  const measured = readMeasured()
  const rows = measured.contention.map(({ writers, committed, rate, requestsPerEvent }) => {
    const simulated = closedLoops(measured, writers, committed / writers)
    return [
      writers,
      requestsPerEvent.toFixed(2),
      simulated.requestsPerEvent.toFixed(2),
      rate,
      simulated.rate.toFixed(0),
    ]
  })
  const head = ['writers', 'requests for each event: measured', 'simulated']
  return markdown([...head, 'events a second: measured', 'simulated'], rows)
}
