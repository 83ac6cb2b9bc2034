import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Feed, handledTypes } from '../../appsync/index.ts'
import type { ModuleParts } from '../functions/bundled-code.ts'
import type { ResourceContract } from './contract.ts'
import { quotedWords, suggestion } from './event-types.ts'
import { readExports } from './read-exports.ts'

export interface DomainsProps {
  /** The folder with one folder for each domain: `lib`. */
  readonly domains: string
  /** The folder with the functions of each domain, in a folder with the domain's name. */
  readonly resolvers: string
}

/**
 * The domains that have folders, and the classes that their index files export. Reads the folders,
 * because the feed function is bundled before the first domain is added.
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

  /** Returns an object with the classes of resources that have a feed, if a domain exports them. */
  classes(feeds: readonly Feed[]): ModuleParts {
    const { imports, names } = this.#imported(feeds.map(({ resource }) => resource))
    return { imports, expression: `{ ${names.join(', ')} }` }
  }

  /**
   * Returns a list of the resources for functions: their classes, and their data from the schema.
   */
  resources(contracts: readonly ResourceContract[]): ModuleParts {
    const { imports, names } = this.#imported(contracts.map(({ name }) => name))
    const items = contracts
      .filter(({ name }) => names.includes(name))
      .map((contract) => `{ ...${JSON.stringify(contract)}, resourceClass: ${contract.name} }`)
    return { imports, expression: `[${items.join(', ')}]` }
  }

  /** Imports the classes of resources. Skips a resource whose class no domain exports. */
  #imported(resources: readonly string[]) {
    const found = resources.flatMap((name) =>
      this.#exporters(name)
        .slice(0, 1)
        .map((domain) => ({ name, index: this.#index(domain) })),
    )
    return {
      names: found.map(({ name }) => name),
      imports: found.map(({ name, index }) => `import { ${name} } from ${JSON.stringify(index)}`),
    }
  }

  get names(): string[] {
    return [...this.#classes.keys()]
  }

  /** Whether a domain's index file exports a class with this name. */
  exports(domain: string, resource: string): boolean {
    return this.#exporters(resource).includes(domain)
  }

  /** Returns the resource of a class: the name under which a domain's index file exports it. */
  resourceOf(resourceClass: unknown): string | undefined {
    for (const classes of this.#classes.values()) {
      for (const [name, exported] of classes) if (exported === resourceClass) return name
    }
    return undefined
  }

  /** Returns the event types that a resource's class handles. */
  eventTypes(domain: string, resource: string): string[] {
    const resourceClass = this.#classes.get(domain)?.get(resource)
    return typeof resourceClass === 'function' ? handledTypes(resourceClass) : []
  }

  /** Returns the errors in the exports of a resource's class, one sentence each. */
  errors(domain: string, resource: string): string[] {
    const exporters = this.#exporters(resource)
    if (!exporters.includes(domain)) {
      return [
        `${this.#index(domain)} must export the class ${resource}: the feed function reads its upcasters`,
      ]
    }
    return [
      ...exporters
        .filter((other) => other !== domain)
        .map(
          (other) =>
            `${this.#index(other)} also exports a class ${resource}: export it from one domain only`,
        ),
      ...this.#strayMethods(domain, resource),
    ]
  }

  /** Returns the methods for which no event type exists. They would never be called. */
  #strayMethods(domain: string, resource: string): string[] {
    const words = quotedWords(join(this.#folder, domain))
    return this.eventTypes(domain, resource)
      .filter((type) => !words.has(type))
      .map(
        (type) =>
          `${resource} has a method on${type}, but no file of ${join(this.#folder, domain)} has an event of type '${type}'${suggestion(type, words)}`,
      )
  }

  #exporters(resource: string): string[] {
    return [...this.#classes].flatMap(([name, classes]) => (classes.has(resource) ? [name] : []))
  }

  #index(domain: string): string {
    return join(this.#folder, domain, 'index.ts')
  }
}

/** Returns the classes that a file exports, by name. */
function classesOf(path: string): ReadonlyMap<string, unknown> {
  return readExports(
    path,
    (file) =>
      new Map(Object.entries(file).filter(([, exported]) => typeof exported === 'function')),
  )
}
