import { readFileSync } from 'node:fs'
import { DOCUMENT, tableIn } from '../../bench/costs/document.ts'
import { readMeasured } from '../../bench/costs/measured.ts'
import { markdown } from '../../bench/costs/tables.ts'
import { closedLoops, closedLoopTable, NEVER } from '../../bench/simulation/closed-loop.ts'
import { Random } from '../../bench/simulation/engine/random.ts'
import { scenarioRow } from '../../bench/simulation/report.ts'
import { burstRate } from '../../bench/simulation/result.ts'
import { SCENARIOS } from '../../bench/simulation/scenarios.ts'
import { NEW_ACCOUNT, type Settings, timesOnAws } from '../../bench/simulation/settings.ts'
import { Simulation } from '../../bench/simulation/simulation.ts'

/** Settings without any limit, without a feed, and with durations of zero. */
function unlimited({ load, quotas, times, seed }: Partial<DeepPartial>): Settings {
  return {
    seed: seed ?? 1,
    load: {
      base: 0,
      burst: 0,
      seconds: [0, 60, 0],
      resources: 1_000_000,
      hotShare: 0,
      reactions: 0,
      hotReaction: false,
      subscribers: 0,
      ...load,
    },
    quotas: {
      ...NEW_ACCOUNT,
      tokens: NEVER,
      concurrency: NEVER,
      partitionWrites: NEVER,
      feedAtOnce: 0,
      ...quotas,
    },
    times: {
      ...timesOnAws(),
      appsync: 0,
      coldStart: 0,
      dynamodb: 0,
      command: 0,
      attempt: 0,
      ...times,
    },
  }
}

interface DeepPartial {
  readonly seed: number
  readonly load: Partial<Settings['load']>
  readonly quotas: Partial<Settings['quotas']>
  readonly times: Partial<Settings['times']>
}

/** Erlang's formula B: the share of calls that find all servers busy. */
function erlangB(servers: number, load: number): number {
  let blocked = 1
  for (let server = 1; server <= servers; server += 1) {
    blocked = (load * blocked) / (server + load * blocked)
  }
  return blocked
}

test('random numbers are spread evenly, and repeat with their seed', () => {
  const random = new Random(7)
  const counts = new Array<number>(16).fill(0)
  for (let index = 0; index < 160_000; index += 1) {
    const bucket = random.below(16)
    counts[bucket] = (counts[bucket] ?? 0) + 1
  }
  // The chi-square statistic with 15 degrees of freedom exceeds 38 once in a thousand times.
  expect(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(38)
  const [one, same, other] = [new Random(3), new Random(3), new Random(4)]
  const first = one.next()
  expect(same.next()).toBe(first)
  expect(other.next()).not.toBe(first)
})

test('the share of throttled invocations is that of Erlang’s formula B', () => {
  const [servers, rate, service] = [10, 16, 500]
  const { commands } = run(
    unlimited({
      load: { burst: rate, seconds: [0, 4000, 0] },
      quotas: { concurrency: servers, warm: servers },
      times: { command: service, spread: 'exponential' },
    }),
  )
  const expected = erlangB(servers, (rate * service) / 1000)
  expect(expected).toBeCloseTo(0.1217, 4)
  expect(commands.throttledByLambda / commands.offered).toBeGreaterThan(expected * 0.95)
  expect(commands.throttledByLambda / commands.offered).toBeLessThan(expected * 1.05)
})

test('the commands under way are their rate times their duration: Little’s law', () => {
  const { commands, seconds, latency } = run(
    unlimited({
      load: { burst: 200, seconds: [0, 300, 0] },
      times: { dynamodb: 20, command: 50, spread: 'long tail' },
    }),
  )
  const underWay = seconds.map(({ queues }) => queues['commands that retry or wait'] ?? 0)
  const mean = underWay.reduce((sum, count) => sum + count, 0) / underWay.length
  expect(latency.mean).toBeGreaterThan(88)
  expect(latency.mean).toBeLessThan(92)
  const expected = (commands.accepted / 300) * (latency.mean / 1000)
  expect(mean).toBeGreaterThan(expected * 0.95)
  expect(mean).toBeLessThan(expected * 1.05)
})

test('a quota of requests accepts its rate', () => {
  const result = run(unlimited({ load: { burst: 1000 }, quotas: { tokens: 400 } }))
  // One second's tokens are there at the start of the 60 seconds.
  expect(burstRate(result, 'accepted')).toBeCloseTo((400 * 61) / 60, -1)
})

test('a shard’s backlog grows by the rate that exceeds its reader’s', () => {
  const [publish, publishNext, rate] = [25, 2, 600]
  const { seconds } = run(
    unlimited({
      load: { burst: rate },
      quotas: { partitions: 1, feedAtOnce: 1 },
      times: { publish, publishNext, spread: 'none' },
    }),
  )
  const read = 100_000 / (publish + 99 * publishNext)
  const waiting = seconds.at(-1)?.queues['stream before the feed'] ?? 0
  expect(waiting).toBeGreaterThan(60 * (rate - read) * 0.95)
  expect(waiting).toBeLessThan(60 * (rate - read) * 1.05)
})

test('writers of one resource conflict as often as measured at the emulator', () => {
  const measured = readMeasured()
  for (const { writers, committed, rate, requestsPerEvent } of measured.contention) {
    const simulated = closedLoops(measured, writers, committed / writers)
    expect(Math.abs(simulated.requestsPerEvent / requestsPerEvent - 1)).toBeLessThan(0.05)
    // The measured writers and the emulator share two processors.
    expect(Math.abs(simulated.rate / rate - 1)).toBeLessThan(0.4)
  }
})

/** The scenarios that take a fraction of a second. The slow test checks all. */
const SHORT = SCENARIOS.filter(({ load }) => (load.burst ?? Infinity) < 500)
const SEED = 1

test('the same seed gives the same result, another seed another one', () => {
  const scenario = SHORT.find(({ name }) => name === 'reactions')
  if (!scenario) throw new Error('There is no scenario reactions')
  const row = scenarioRow(scenario, { seed: SEED })
  expect(scenarioRow(scenario, { seed: SEED })).toEqual(row)
  expect(scenarioRow(scenario, { seed: SEED + 1 })).not.toEqual(row)
})

test('docs/scale.md contains the results of the simulation', () => {
  const text = readFileSync(DOCUMENT, 'utf8')
  const table = tableIn(text, 'simulation')
  for (const scenario of SHORT) {
    const [, , row] = markdown([], [scenarioRow(scenario, { seed: SEED })]).split('\n')
    expect(table).toContain(row)
  }
  expect(tableIn(text, 'validation')).toBe(closedLoopTable())
})

function run(settings: Settings) {
  return new Simulation(settings).run()
}
