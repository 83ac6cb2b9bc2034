// `npm run bench`: reads the options, installs the packages of the other event stores, and runs the
// benchmark.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { commandLine, fail } from './command-line.ts'
import { SECTION_NAMES } from './event-store/section.ts'

const HELP = `Compares the event store with others, on one emulator: npm run bench -- [SECTION...] [options]

  SECTION  run only these sections: ${SECTION_NAMES.join(', ')}
  --quick  short histories and few repetitions
  --help   print this text

A run of all sections without --quick takes about ten minutes. It writes bench/results.md and bench/command-cost.svg.
`

const { values, positionals } = commandLine(
  HELP,
  { quick: { type: 'boolean' } },
  { allowPositionals: true },
)
const names = SECTION_NAMES.filter((name) => positionals.includes(name))
const unknown = positionals.find((wanted) => !names.some((name) => name === wanted))
if (unknown !== undefined) {
  fail(`There is no section ${unknown}: the sections are ${SECTION_NAMES.join(', ')}`)
}

const install = join(import.meta.dirname, '../scripts/install.mjs')
const { status } = spawnSync(process.execPath, [install, 'bench'], { stdio: 'inherit' })
if (status !== 0) process.exit(1)
// Loaded here, after the packages have been installed.
const { run } = await import('./event-store/run.ts')
await run({ names, isQuick: values.quick === true })
