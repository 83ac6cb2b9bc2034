import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileWith } from '../support/compile.ts'

const ROOT = join(__dirname, '../..')
const RESOLVERS = ['resolvers/shopping/queries.ts', 'resolvers/shopping/commands.ts']
const SCHEMA = readFileSync(join(ROOT, 'schema.graphql'), 'utf8')

/** The generated types, were the schema another one. */
function generatedFrom(schema: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'schema-'))
  try {
    const settings = readFileSync(join(ROOT, 'codegen.yml'), 'utf8')
      .replace('- schema.graphql', `- ${join(folder, 'schema.graphql')}`)
      .replace('lib/generated/schema.ts:', `${join(folder, 'schema.ts')}:`)
    writeFileSync(join(folder, 'codegen.yml'), settings)
    writeFileSync(join(folder, 'schema.graphql'), schema)
    const codegen = join(ROOT, 'node_modules/.bin/graphql-codegen')
    execFileSync(codegen, ['--config', join(folder, 'codegen.yml')], { cwd: ROOT, stdio: 'pipe' })
    return readFileSync(join(folder, 'schema.ts'), 'utf8')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function messagesWith(schema: string): string[] {
  return compileWith(new Map([['lib/generated/schema.ts', generatedFrom(schema)]]), RESOLVERS)
}

test('the generated types are those of the schema', () => {
  expect(generatedFrom(SCHEMA)).toBe(readFileSync(join(ROOT, 'lib/generated/schema.ts'), 'utf8'))
}, 30_000)

test.each([
  ['a renamed field', 'reserveProduct(', 'takeProduct('],
  ['a new field of a result', '  quantity: Int!\n', '  quantity: Int!\n  price: Int!\n'],
  [
    'another type of an event’s attribute',
    '  amount: Int\n  commandId',
    '  amount: String\n  commandId',
  ],
])(
  'a resolver that does not follow %s does not compile',
  (_, from, to) => {
    expect(SCHEMA).toContain(from)
    expect(messagesWith(SCHEMA.replace(from, to))).not.toEqual([])
  },
  30_000,
)
