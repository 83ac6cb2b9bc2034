import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { tableVariable } from '../appsync/index.ts'
import {
  Aggregate,
  type AggregateClass,
  type AnyAggregate,
  bind,
  dynamoDBEventStore,
} from '../event-sourcing/index.ts'
import type { LocalTables } from './local-tables.ts'

/**
 * Binds the classes that the domains' index files export to their tables.
 * @param app the folder that contains `lib` and `resolvers`
 * @returns the bound classes, by name
 * @throws Error if the run has no table for any class
 */
export async function boundClasses(
  app: string,
  { names, client }: Pick<LocalTables, 'names' | 'client'>,
): Promise<Readonly<Record<string, unknown>>> {
  const bound: Record<string, unknown> = {}
  for (const index of indexFiles(resolve(app))) {
    const exported: Record<string, unknown> = await import(pathToFileURL(index).href)
    for (const [name, value] of Object.entries(exported)) {
      const tableName = names[tableVariable(name)]
      if (tableName === undefined || !isAggregateClass(value)) continue
      bind(value, dynamoDBEventStore({ tableName, client }))
      bound[name] = value
    }
  }
  if (Object.keys(bound).length === 0)
    throw new Error(
      `No index.ts of a domain in ${resolve(app, 'lib')} exports a class with a table in the local run: run the shell in the folder of the app. Tables: ${Object.keys(names).join(', ') || 'none'}`,
    )
  return bound
}

/** Returns the index files of the domains: the folders of `lib` that also exist in `resolvers`. */
function indexFiles(app: string): string[] {
  const resolvers = join(app, 'resolvers')
  const folders = existsSync(resolvers) ? readdirSync(resolvers) : []
  return folders
    .map((domain) => join(app, 'lib', domain, 'index.ts'))
    .filter((file) => existsSync(file))
}

function isAggregateClass(value: unknown): value is AggregateClass<AnyAggregate> {
  return typeof value === 'function' && value.prototype instanceof Aggregate
}
