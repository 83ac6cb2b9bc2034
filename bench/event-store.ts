// `npm run bench`: compares the framework with Castore, the algorithm that this project began with
// and plain HTTP, on the same emulator in the same run. Prints figures of this machine. Asserts
// nothing.
// `npm run bench -- commands writers` runs some sections. `--quick` uses short histories and few
// repetitions. A full run writes bench/results.md and bench/command-cost.svg.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startDynamoDB } from '../lib/local/dynamodb/index.ts'
import { machine } from './event-store/machine.ts'
import { Report } from './event-store/report.ts'
import type { Bench, Section } from './event-store/section.ts'
import { all } from './event-store/sections/all.ts'
import { bundles } from './event-store/sections/bundles.ts'
import { commands } from './event-store/sections/commands.ts'
import { functions } from './event-store/sections/functions.ts'
import { hydration } from './event-store/sections/hydration.ts'
import { latency } from './event-store/sections/latency.ts'
import { memory } from './event-store/sections/memory.ts'
import { writers } from './event-store/sections/writers.ts'
import { timed } from './event-store/statistics.ts'
import { Stores } from './event-store/stores.ts'
import { Wire } from './event-store/wire.ts'

/** The order matters: commands extend the histories that other sections read. */
const SECTIONS: readonly Section[] = [
  hydration,
  latency,
  memory,
  commands,
  writers,
  all,
  bundles,
  functions,
]

// Each process of the benchmark would print the warning.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
})
const unknown = positionals.filter((wanted) => !SECTIONS.some(({ name }) => name === wanted))
if (unknown.length > 0) {
  const names = SECTIONS.map(({ name }) => name).join(', ')
  throw new Error(`There is no section ${unknown.join(', ')}: there are ${names}`)
}
const isWhole = positionals.length === 0 && !values.quick
const chosen = SECTIONS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))

const folder = mkdtempSync(join(tmpdir(), 'bench-'))
const dynamodb = await startDynamoDB()
const wire = new Wire(dynamodb.endpoint)
try {
  const about = machine(dynamodb.kind)
  console.log(about)
  const { endpoint } = dynamodb
  const bench: Bench = { endpoint, wire, stores: new Stores(wire), isQuick: values.quick, folder }
  const texts: string[] = []
  for (const section of chosen) {
    const report = new Report(section.title)
    const took = await timed(() => section.run(bench, report))
    console.log(`(${section.name}: ${(took / 1000).toFixed(0)} s)`)
    texts.push(report.text)
  }
  if (isWhole) writeFileSync(join(import.meta.dirname, 'results.md'), document(about, texts.sort()))
} finally {
  wire.destroy()
  await dynamodb.stop()
  rmSync(folder, { recursive: true, force: true })
}

function document(about: string, texts: readonly string[]): string {
  const introduction = `# What the event store costs

Figures of one run of \`npm run bench\` on one machine. They compare; they promise nothing: an emulator
needs its own time for a request, and much more for a page, than DynamoDB does. Requests are
counted; capacity units are as the emulator reports them, by DynamoDB’s rules.

${about}

Peers: Castore 2.4.2 with its DynamoDB adapter; the algorithm that this project began with (read the
whole history page after page, fold, put); raw HTTP requests, which only parse what they get.

![What one command costs, by the length of the history](command-cost.svg)
`
  return [introduction, ...texts]
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimEnd()
    .concat('\n')
}
