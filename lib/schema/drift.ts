import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expandedSchema, hasParts } from './index.ts'

/**
 * Returns the differences between a schema and the expanded parts of the domains, one sentence
 * each. Returns none if no domain has a part, because the schema is then written by hand.
 * @param schema the text of schema.graphql
 * @param resolvers the folder with one folder for each domain
 */
export function driftErrors(schema: string, resolvers: string): string[] {
  if (!hasParts(resolvers)) return []
  try {
    if (expandedSchema(resolvers) === schema) return []
    return [
      'schema.graphql differs from the domains’ parts (resolvers/*/schema.graphql): run npm run generate',
    ]
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n')
  }
}

/**
 * Runs `npm run generate` if schema.graphql is out of date. {@link driftErrors} reports mistakes in
 * a part.
 * @param root the project's folder
 */
export function generateIfStale(root: string): void {
  const schema = readFileSync(join(root, 'schema.graphql'), 'utf8')
  if (driftErrors(schema, join(root, 'resolvers')).length === 0) return
  generate(root, 'ignore')
}

/**
 * Runs `npm run generate`. Returns whether it succeeded.
 * @param root the project's folder
 */
export function generate(root: string, stdio: 'ignore' | 'inherit'): boolean {
  const command = ['--import', 'tsx', join(root, 'lib/schema/generate.ts')]
  return spawnSync(process.execPath, command, { cwd: root, stdio }).status === 0
}
