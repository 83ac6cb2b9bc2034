// `npm run costs`: prints what the framework costs on AWS, from measured counts and list prices. Can
// measure the counts again, and write docs/scale.md.
import { commandLine } from './command-line.ts'
import { writeDocument } from './costs/document.ts'
import { readMeasured, writeMeasured } from './costs/measured.ts'
import { costTables } from './costs/tables.ts'

const HELP = `Prints the costs on AWS, from measured counts and list prices: npm run costs -- [options]

  --measure  measure the counts on the emulator first, in about three minutes: writes
             bench/costs/measured.json
  --write    write the tables to docs/scale.md
  --help     print this text
`

const { values } = commandLine(HELP, {
  measure: { type: 'boolean' },
  write: { type: 'boolean' },
})
if (values.measure) {
  // Each process of the measurement would print the warning.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
  // Loaded here, because a print needs no emulator and no CDK.
  const { measure } = await import('./costs/measuring/measure.ts')
  writeMeasured(await measure())
}
const tables = costTables(readMeasured())
for (const { title, text } of tables) process.stdout.write(`${title}\n\n${text}\n\n`)
if (values.write) writeDocument(tables)
