import { markdown } from '../costs/tables.ts'
import { burstRate, deepestQueue, type Result, recovery } from './result.ts'
import { type Overrides, SCENARIOS, type Scenario, settingsOf } from './scenarios.ts'
import { Simulation } from './simulation.ts'

const HEAD = [
  'scenario',
  'offered, accepted and throttled, each second',
  'throttled by',
  'latency, p50 and p99',
  'feed, p50 and p99',
  'reactions, p99',
  'longest queue',
  'recovered after',
]

/** Runs scenarios one after another. Returns a table in Markdown. */
export function scenarioTable(scenarios: readonly Scenario[], overrides: Overrides): string {
  return markdown(
    HEAD,
    scenarios.map((scenario) => scenarioRow(scenario, overrides)),
  )
}

export function scenarioRow(scenario: Scenario, overrides: Overrides): string[] {
  const result = new Simulation(settingsOf(scenario, overrides)).run()
  const { latency, feedLag, reactions } = result
  const rates = (['offered', 'accepted', 'throttled'] as const).map((key) =>
    figure(burstRate(result, key)),
  )
  const queue = deepestQueue(result)
  const recovered = recovery(result)
  return [
    `\`${scenario.name}\`: ${scenario.description}`,
    rates.join(', '),
    throttledBy(result),
    `${time(latency.quantile(0.5))}, ${time(latency.quantile(0.99))}`,
    `${time(feedLag.quantile(0.5))}, ${time(feedLag.quantile(0.99))}`,
    reactions.lag.count > 0 ? reactionLag(result) : '–',
    `${figure(queue.length)} ${queue.name}`,
    recovered === undefined ? `more than ${result.load.seconds[2]} s` : `${recovered} s`,
  ]
}

function reactionLag({ reactions: { lag, parked } }: Result): string {
  return `${time(lag.quantile(0.99))}${parked > 0 ? `, ${figure(parked)} parked` : ''}`
}

/** Lists who rejects or delays work, the most frequent first. */
function throttledBy({ commands, feed, hot, reactions }: Result): string {
  const counts: readonly (readonly [string, number])[] = [
    ['AppSync', commands.throttledByAppSync],
    ['Lambda', commands.throttledByLambda],
    ['time limit', commands.outOfTime],
    ['outbound messages', feed.droppedMessages],
    ['partition or locked item (delays)', commands.throttledPuts + hot.throttled],
    ['conflicts (delay)', commands.conflicts + hot.conflicts],
    ['index of checkpoints (delays)', reactions.throttledCheckpoints],
  ]
  const some = counts
    .filter(([, count]) => count >= commands.offered / 1000)
    .toSorted(([, one], [, other]) => other - one)
  return some.length === 0 ? '–' : some.map(([name]) => name).join(', ')
}

/** The rates of the sweeps, each second. */
const RATES = [25, 50, 100, 150, 200, 300, 500]

/** Returns a table of rising rates on one resource: by commands, and by reactions. */
export function hotTable(seed: number): string {
  const rows = RATES.map((rate) => {
    const commands = run('hot-resource', { hotShare: 1, burst: rate, base: 1 }, seed)
    const reactions = run('hot-reaction', { burst: rate, base: 1 }, seed)
    const [, burst] = commands.load.seconds
    return [
      figure(rate),
      figure(burstRate(commands, 'accepted')),
      `${time(commands.latency.quantile(0.5))}, ${time(commands.latency.quantile(0.99))}`,
      (commands.commands.puts / commands.commands.accepted).toFixed(1),
      figure(Math.min(rate, reactions.hot.committed / burst)),
      time(reactions.reactions.lag.quantile(0.99)),
      figure(reactions.reactions.parked),
    ]
  })
  return markdown(
    [
      'wanted a second',
      'commands: accepted a second',
      'latency, p50 and p99',
      'puts for each event',
      'reactions: committed a second',
      'p99 from the event',
      'parked',
    ],
    rows,
  )
}

function run(name: string, load: Scenario['load'], seed: number): Result {
  const scenario = SCENARIOS.find((one) => one.name === name)
  if (!scenario) throw new Error(`There is no scenario ${name}`)
  const changed = { ...scenario, load: { ...scenario.load, ...load } }
  return new Simulation(settingsOf(changed, { seed })).run()
}

function figure(value: number): string {
  return Math.round(value).toLocaleString('en')
}

/** Formats milliseconds. */
function time(value: number): string {
  if (Number.isNaN(value)) return '–'
  return value < 1000 ? `${value.toFixed(0)} ms` : `${(value / 1000).toFixed(1)} s`
}
