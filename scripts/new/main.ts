// `npm run new -- shipping Parcel`: writes a working domain to start from.
// `npm run new -- --empty`: removes the example domains after a confirmation.
import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { generate } from '../../lib/schema/drift.ts'
import { addDomain } from './add.ts'
import { exampleFolders, question, REMOVED, removeExamples } from './empty.ts'

const ROOT = process.cwd()
const USAGE = `Usage:

  npm run new -- DOMAIN RESOURCE    writes a domain, for example npm run new -- shipping Parcel
  npm run new -- --empty [--yes]    removes the example domains; --yes skips the confirmation
`

try {
  process.stdout.write(await run())
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}

/** Returns the text to print. */
async function run(): Promise<string> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      empty: { type: 'boolean' },
      help: { type: 'boolean' },
      yes: { type: 'boolean' },
    },
  })
  if (values.help) return USAGE
  const [domain, resource, ...rest] = positionals
  if (values.empty && domain === undefined) return empty(values.yes === true)
  if (values.empty || values.yes || domain === undefined || resource === undefined || rest.length)
    throw new Error(USAGE)
  return generated(addDomain(ROOT, domain, resource))
}

async function empty(isAgreed: boolean): Promise<string> {
  const folders = exampleFolders(ROOT)
  if (folders.length === 0) throw new Error('The example domains were already removed')
  if (!isAgreed && !(await answersYes(question(folders)))) return 'Nothing was removed.\n'
  removeExamples(ROOT)
  return generated(REMOVED)
}

async function answersYes(text: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')))
    return /^y(es)?$/i.test((await Promise.race([terminal.question(text), closed])).trim())
  } finally {
    terminal.close()
  }
}

/** Generates schema.graphql and its types. Returns the text if that succeeded. */
function generated(text: string): string {
  if (generate(ROOT, 'inherit')) return text
  throw new Error('npm run generate failed')
}
