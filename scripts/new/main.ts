// `npm run new -- shipping Parcel`: writes a working domain to start from.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generate } from '../../lib/schema/drift.ts'
import { domainFiles, namesOf, stackLine } from './domain.ts'
import { nameErrors } from './names.ts'

const ROOT = process.cwd()
const STACK = 'lib/infrastructure/stack.ts'
const USAGE = 'Usage: npm run new -- DOMAIN RESOURCE, for example npm run new -- shipping Parcel'

const [domain, resource, ...rest] = process.argv.slice(2)
if (domain === undefined || resource === undefined || rest.length > 0) fail([USAGE])

const schema = readFileSync(join(ROOT, 'schema.graphql'), 'utf8')
const files = Object.entries(domainFiles(domain, resource))
const existing = files.map(([path]) => path).filter((path) => existsSync(join(ROOT, path)))
const stack = readFileSync(join(ROOT, STACK), 'utf8')
const at = placeOfLine(stack)
const errors = [
  ...nameErrors(domain, resource, schema),
  ...existing.map((path) => `${path} exists already: nothing is overwritten`),
  ...(at === undefined
    ? [`${STACK} has no line api.addDomain(…) or api.addOperations() to write the new line by`]
    : []),
]
if (errors.length > 0 || at === undefined) fail(errors)

for (const [path, text] of files) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true })
  writeFileSync(join(ROOT, path), text, { flag: 'wx' })
}
writeFileSync(
  join(ROOT, STACK),
  `${stack.slice(0, at)}${stackLine(domain, resource)}${stack.slice(at)}`,
)
if (!generate(ROOT, 'inherit')) process.exitCode = 1

const { file, words } = namesOf(resource)
process.stdout.write(`
Wrote the domain ${domain}:

${[...files.map(([path]) => path), `${STACK} (one line)`].map((path) => `  ${path}`).join('\n')}

Next:

  npx jest test/${domain}   runs its tests
  npm start                 runs its API: create${resource}, rename${resource}, archive${resource}

Change lib/${domain}/${file}.ts and resolvers/${domain}/schema.graphql to what a ${words} is for you:
docs/add-a-domain.md explains each piece.
`)

/** Returns the offset after the last domain, or before the operators' fields. */
function placeOfLine(text: string): number | undefined {
  const lines = [...text.matchAll(/^ *api\.addDomain\(.*\)\n/gm)]
  const last = lines.at(-1)
  if (last) return last.index + last[0].length
  return /^ *api\.addOperations\(/m.exec(text)?.index
}

function fail(messages: readonly string[]): never {
  process.stderr.write(`${messages.join('\n')}\n`)
  process.exit(1)
}
