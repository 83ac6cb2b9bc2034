import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { Names, Stage } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { Feed } from '../appsync/index.ts'

export interface DomainsProps {
  /** The folder with a folder for each domain: `lib`. */
  readonly domains: string
  /** The folder with the functions of each domain, in a folder of the same name. */
  readonly resolvers: string
}

/**
 * The domains that there are folders of, and the classes that their indexes export. The feed
 * function is bundled when it is constructed, which is before the first domain is added: so it is
 * the folders that say what there is.
 */
export class Domains {
  readonly #folder: string
  readonly #classes: ReadonlyMap<string, ReadonlyMap<string, unknown>>

  constructor({ domains, resolvers }: DomainsProps) {
    this.#folder = domains
    const names = readdirSync(resolvers, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(this.#index(entry.name)))
      .map(({ name }) => name)
      .sort()
    this.#classes = new Map(names.map((name) => [name, classesOf(this.#index(name))]))
  }

  /**
   * Writes, beside the template, a module that exports the class of each resource with a feed, as
   * far as a domain has it.
   * @returns its path
   */
  moduleFor(scope: Construct, feeds: readonly Feed[]): string {
    const lines = feeds.flatMap(({ resource }) => {
      const [domain] = this.#exporters(resource)
      if (domain === undefined) return []
      return [`export { ${resource} } from ${JSON.stringify(this.#index(domain))}\n`]
    })
    const path = generatedPath(scope, 'domain-resources')
    writeFileSync(path, ['export {}\n', ...lines].join(''))
    return path
  }

  /** The resource that a class is of: the name under which a domain's index exports it. */
  resourceOf(resourceClass: unknown): string | undefined {
    for (const classes of this.#classes.values()) {
      for (const [name, exported] of classes) if (exported === resourceClass) return name
    }
    return undefined
  }

  /** What is wrong with where a resource's class comes from, one sentence each. */
  errors(domain: string, resource: string): string[] {
    const exporters = this.#exporters(resource)
    if (!exporters.includes(domain)) {
      return [
        `${this.#index(domain)} has to export the class ${resource}: the feed takes its upcasters from there`,
      ]
    }
    return exporters
      .filter((other) => other !== domain)
      .map(
        (other) =>
          `${this.#index(other)} exports a class ${resource}, too: which one's events does the feed publish?`,
      )
  }

  #exporters(resource: string): string[] {
    return [...this.#classes].flatMap(([name, classes]) => (classes.has(resource) ? [name] : []))
  }

  #index(domain: string): string {
    return join(this.#folder, domain, 'index.ts')
  }
}

/**
 * Where a generated module stands: beside the template.
 * @returns an absolute path, since the CLI names the folder relative to its own
 */
export function generatedPath(scope: Construct, name: string): string {
  const folder = Stage.of(scope)?.outdir
  if (folder === undefined) throw new Error(`${scope.node.path} is in no app`)
  return resolve(folder, `${Names.uniqueId(scope)}.${name}.mjs`)
}

/** The classes that a file exports, by name: the file is loaded, as Lambda will load it. */
function classesOf(path: string): ReadonlyMap<string, unknown> {
  const file: Record<string, unknown> = createRequire(import.meta.url)(path)
  return new Map(Object.entries(file).filter(([, exported]) => typeof exported === 'function'))
}
