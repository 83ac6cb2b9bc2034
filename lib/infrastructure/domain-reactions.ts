import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { reactionsOf, reactorName } from '../appsync/index.ts'
import type { ModuleParts } from './bundled-code.ts'
import type { Domains } from './domains.ts'

interface FoundReactor {
  readonly name: string
  readonly file: string
  /** The resource whose events it reacts to. Undefined: no domain's index exports the class. */
  readonly resource: string | undefined
}

/** The reactors of all domains: what the `reactions.ts` of their folders export. */
export class DomainReactions {
  readonly #files: ReadonlyMap<string, string>
  readonly #reactors: readonly FoundReactor[]

  /** @param resolvers the folder with a folder of functions for each domain */
  constructor(resolvers: string, domains: Domains) {
    const folders = readdirSync(resolvers, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }): [string, string] => [name, join(resolvers, name, 'reactions.ts')])
      .filter(([, file]) => existsSync(file))
      .sort()
    this.#files = new Map(folders)
    this.#reactors = folders.flatMap(([domain, file]) =>
      Object.entries(reactionsIn(file)).map(([name, { of }]) => ({
        name: reactorName(domain, name),
        file,
        resource: domains.resourceOf(of),
      })),
    )
  }

  get exist(): boolean {
    return this.#reactors.length > 0
  }

  /** The names of the reactors to a resource's events. */
  to(resource: string): string[] {
    return this.#reactors.filter((reactor) => reactor.resource === resource).map(({ name }) => name)
  }

  /** Returns an object of the files by the names of their domains. */
  files(): ModuleParts {
    const entries = [...this.#files]
    const imports = entries.map(
      ([, file], index) => `import * as domain${index} from ${JSON.stringify(file)}`,
    )
    const names = entries.map(([domain], index) => `${JSON.stringify(domain)}: domain${index}`)
    return { imports, expression: `{ ${names.join(', ')} }` }
  }

  /** What is wrong with the reactors, one sentence each, where the app has these resources. */
  errors(resources: ReadonlySet<string>): string[] {
    return this.#reactors
      .filter(({ resource }) => resource === undefined || !resources.has(resource))
      .map(({ name, file, resource }) =>
        resource === undefined
          ? `${file}: ${name} reacts to a class that no domain's index.ts exports`
          : `${file}: ${name} reacts to ${resource}, which no addDomain names`,
      )
  }
}

/** The file is loaded, as Lambda will load it. */
function reactionsIn(path: string) {
  const file: Record<string, unknown> = createRequire(import.meta.url)(path)
  try {
    return reactionsOf(file)
  } catch (cause) {
    throw new Error(`${path} has no reactors`, { cause })
  }
}
