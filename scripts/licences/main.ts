// `npm run licences`: prints the licences of all dependencies, or writes them to docs/licences.md.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { DOCUMENT, licencesDocument } from './document.ts'

const ROOT = process.cwd()
const USAGE = `Usage:

  npm run licences               prints the licences of all dependencies, from the lock files
  npm run licences -- --write    writes them to ${DOCUMENT}
`

try {
  const { values } = parseArgs({
    options: { help: { type: 'boolean' }, write: { type: 'boolean' } },
  })
  const text = values.help ? USAGE : licencesDocument(ROOT)
  if (values.write && !values.help) writeFileSync(join(ROOT, DOCUMENT), text)
  else process.stdout.write(text)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
  process.exitCode = 1
}
