import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from './run-folder.ts'

const ROOT = join(__dirname, '../..')

/**
 * Returns the types that the GraphQL code generator would write for another schema.
 * @param app the folder of the application, with its codegen.yml; default: that of the tests
 */
export function generatedFrom(schema: string, app = join(ROOT, 'test/app')): string {
  const folder = newFolder('codegen')
  const file = join(folder, 'schema.graphql')
  const settings = readFileSync(join(app, 'codegen.yml'), 'utf8')
    .replace(/ {2}- resolvers:\n.*\n/, `  - ${file}\n`)
    .replace(/ {2}schema\.graphql:\n.*?(?= {2}lib\/generated\/schema)/s, '')
    .replace('lib/generated/schema.ts:', `${join(folder, 'schema.ts')}:`)
  writeFileSync(join(folder, 'codegen.yml'), settings)
  writeFileSync(file, schema)
  const codegen = join(ROOT, 'node_modules/.bin/graphql-codegen')
  execFileSync(codegen, ['--config', join(folder, 'codegen.yml')], { cwd: app, stdio: 'pipe' })
  return readFileSync(join(folder, 'schema.ts'), 'utf8')
}
