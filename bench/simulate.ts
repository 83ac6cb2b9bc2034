// `npm run simulate`: simulates bursts of commands on AWS, and prints where queues grow. Needs no AWS
// account and no emulator.
import { commandLine, fail } from './command-line.ts'
import { writeDocument } from './costs/document.ts'
import { closedLoopTable } from './simulation/closed-loop.ts'
import { hotTable, scenarioTable } from './simulation/report.ts'
import { SCENARIOS } from './simulation/scenarios.ts'

const NAMES = SCENARIOS.map(({ name }) => name)
const SEED = '1'
const HELP = `Simulates bursts of commands on AWS, by measured times and quotas: npm run simulate -- [options]

  --scenario NAME  run one scenario: ${NAMES.join(', ')}  (default: all)
  --rate N         commands a second during the burst  (default: the scenario's)
  --resources N    the number of resources  (default: a million)
  --seed N         the seed of the random numbers; the same seed prints the same table  (default: ${SEED})
  --write          write the tables to docs/scale.md
  --help           print this text

All scenarios take about a minute.
`

const { values } = commandLine(HELP, {
  scenario: { type: 'string' },
  rate: { type: 'string' },
  resources: { type: 'string' },
  seed: { type: 'string', default: SEED },
  write: { type: 'boolean' },
})

function whole(name: 'rate' | 'resources' | 'seed', least: number): number | undefined {
  const text = values[name]
  if (text === undefined) return undefined
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value < 2 ** 31) return value
  return fail(`--${name} must be a whole number from ${least}; got ${text}`)
}

const seed = whole('seed', 0) ?? 0
const overrides = { seed, rate: whole('rate', 1), resources: whole('resources', 2) }
const chosen = SCENARIOS.filter(
  ({ name }) => values.scenario === undefined || name === values.scenario,
)
if (chosen.length === 0) {
  fail(`There is no scenario ${values.scenario}: the scenarios are ${NAMES.join(', ')}`)
}
const isAll = values.scenario === undefined && !overrides.rate && !overrides.resources
if (values.write && !isAll)
  fail('--write needs all scenarios: leave out --scenario, --rate and --resources')

const text = scenarioTable(chosen, overrides)
process.stdout.write(`${text}\n`)
if (isAll) {
  const hot = hotTable(seed)
  const validation = closedLoopTable()
  process.stdout.write(`\nOne resource:\n\n${hot}\n\nWriters at the emulator:\n\n${validation}\n`)
  if (values.write) {
    writeDocument([
      { title: 'simulation', text },
      { title: 'hot', text: hot },
      { title: 'validation', text: validation },
    ])
  }
}
