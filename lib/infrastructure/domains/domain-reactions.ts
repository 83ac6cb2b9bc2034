import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  type AnyReactor,
  handledTypes,
  reactionsOf,
  reactorName,
  wakeMistakes,
} from '../../appsync/index.ts'
import type { ModuleParts } from '../functions/bundled-code.ts'
import type { Domains } from './domains.ts'
import { suggestion } from './event-types.ts'
import { readExports } from './read-exports.ts'

interface FoundReactor {
  readonly name: string
  readonly file: string
  /**
   * The resource whose events the reactor handles. Undefined: no domain's index file exports the
   * class.
   */
  readonly resource: string | undefined
  /** The mistakes in its methods, one sentence each. */
  readonly mistakes: readonly string[]
}

/** The reactors of all domains, from the `reactions.ts` files in their folders. */
export class DomainReactions {
  readonly #files: ReadonlyMap<string, string>
  readonly #reactors: readonly FoundReactor[]

  /** @param resolvers the folder with one folder of functions for each domain */
  constructor(resolvers: string, domains: Domains) {
    const folders = readdirSync(resolvers, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }): [string, string] => [name, join(resolvers, name, 'reactions.ts')])
      .filter(([, file]) => existsSync(file))
      .sort()
    this.#files = new Map(folders)
    this.#reactors = folders.flatMap(([domain, file]) =>
      Object.entries(readExports(file, reactionsOf, ' has no reactors')).map(([name, reactor]) => {
        const resource = domains.resourceOf(reactor.of)
        return {
          name: reactorName(domain, name),
          file,
          resource,
          mistakes: [
            ...wakeMistakes(reactorName(domain, name), reactor),
            ...mistakesOf(reactor, resource),
          ],
        }
      }),
    )
  }

  get exist(): boolean {
    return this.#reactors.length > 0
  }

  /** Whether a domain has reactors. */
  has(domain: string): boolean {
    return this.#files.has(domain)
  }

  /** Returns the names of the reactors to a resource's events. */
  to(resource: string): string[] {
    return this.#reactors.filter((reactor) => reactor.resource === resource).map(({ name }) => name)
  }

  /** Returns an object with the reactions files, by domain. */
  files(): ModuleParts {
    const entries = [...this.#files]
    const imports = entries.map(
      ([, file], index) => `import * as domain${index} from ${JSON.stringify(file)}`,
    )
    const names = entries.map(([domain], index) => `${JSON.stringify(domain)}: domain${index}`)
    return { imports, expression: `{ ${names.join(', ')} }` }
  }

  /** Returns the errors of the reactors, one sentence each, for an app with these resources. */
  errors(resources: ReadonlySet<string>): string[] {
    return this.#reactors.flatMap(({ name, file, resource, mistakes }) => {
      if (resource === undefined)
        return [`${file}: ${name} reacts to a class that no domain's index.ts exports`]
      if (!resources.has(resource))
        return [`${file}: ${name} reacts to ${resource}, which no addDomain names`]
      return mistakes.map((mistake) => `${file}: ${name} ${mistake}`)
    })
  }
}

/**
 * Returns the methods for whose events the resource's class has no handler, and wake-ups that no
 * method can ask for.
 */
function mistakesOf(reactor: AnyReactor, resource = ''): string[] {
  const known = handledTypes(reactor.of)
  const methods = handledTypes(reactor)
  if ('wakes' in reactor && methods.length === 0)
    return ['has wakes, but no method on… that asks for a wake-up']
  return methods
    .filter((type) => !known.includes(type))
    .map(
      (type) =>
        `has a method on${type}, but the class ${resource} has no handler on${type}${suggestion(type, known)}`,
    )
}
