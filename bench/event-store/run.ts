import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startDynamoDB } from '../../lib/local/dynamodb/index.ts'
import { machine } from './machine.ts'
import { Report } from './report.ts'
import { type Bench, SECTION_NAMES, type Section, type SectionName } from './section.ts'
import { all } from './sections/all.ts'
import { bundles } from './sections/bundles.ts'
import { commands } from './sections/commands.ts'
import { functions } from './sections/functions.ts'
import { hydration } from './sections/hydration.ts'
import { latency } from './sections/latency.ts'
import { memory } from './sections/memory.ts'
import { views } from './sections/views.ts'
import { writers } from './sections/writers.ts'
import { timed } from './statistics.ts'
import { Stores } from './stores.ts'
import { Wire } from './wire.ts'

const SECTIONS: Readonly<Record<SectionName, Section>> = {
  hydration,
  latency,
  memory,
  commands,
  writers,
  all,
  bundles,
  functions,
  views,
}

export interface RunOptions {
  /** The sections to run; none: all of them. */
  readonly names: readonly SectionName[]
  readonly isQuick: boolean
}

/**
 * Compares the framework with Castore, the algorithm that this project began with and plain HTTP, on
 * the same emulator in the same run. Prints figures of this machine. Asserts nothing. A run of all
 * sections that is not quick writes bench/results.md and bench/command-cost.svg.
 */
export async function run({ names, isQuick }: RunOptions): Promise<void> {
  // Each process of the benchmark would print the warning.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
  const isWhole = names.length === 0 && !isQuick
  const chosen = (names.length === 0 ? SECTION_NAMES : names).map((name) => SECTIONS[name])

  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const dynamodb = await startDynamoDB()
  const wire = new Wire(dynamodb.endpoint)
  try {
    const about = machine(dynamodb.kind)
    console.log(about)
    const { endpoint } = dynamodb
    const bench: Bench = { endpoint, wire, stores: new Stores(wire), isQuick, folder }
    const texts: string[] = []
    for (const section of chosen) {
      const report = new Report(section.title)
      const took = await timed(() => section.run(bench, report))
      console.log(`(${section.name}: ${(took / 1000).toFixed(0)} s)`)
      texts.push(report.text)
    }
    if (isWhole)
      writeFileSync(join(import.meta.dirname, '../results.md'), document(about, texts.sort()))
  } finally {
    wire.destroy()
    await dynamodb.stop()
    rmSync(folder, { recursive: true, force: true })
  }
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
