import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type ApiView, hostedViews } from '../../appsync/index.ts'
import { Contract } from '../../infrastructure/domains/contract.ts'
import { DomainViews } from '../../infrastructure/domains/domain-views.ts'
import { Domains } from '../../infrastructure/domains/domains.ts'

/**
 * Returns the views of an app, as its functions host them.
 * @param app the folder that contains `lib`, `resolvers` and `schema.graphql`
 * @throws Error for a file that cannot be read
 */
export async function appViews(app: string): Promise<ApiView[]> {
  const [domains, resolvers] = ['lib', 'resolvers'].map((folder) => resolve(app, folder))
  if (domains === undefined || resolvers === undefined) return []
  const contract = new Contract(readFileSync(join(app, 'schema.graphql'), 'utf8'))
  const views = new DomainViews(resolvers, new Domains({ domains, resolvers }), contract)
  const files: Record<string, Record<string, unknown>> = {}
  for (const [domain, file] of views.paths) {
    // Not as synth loads it: the classes must be those that the verification binds.
    files[domain] = await import(pathToFileURL(file).href)
  }
  return hostedViews(files, views.fields())
}
