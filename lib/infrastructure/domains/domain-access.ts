import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { concernsOwner, type Rules, rulesOf } from '../../appsync/index.ts'
import { readExports } from './read-exports.ts'

/** The access rules of the domains, from the `access.ts` files in their folders. */
export class DomainAccess {
  readonly #resolvers: string
  readonly #rules = new Map<string, Rules | undefined>()

  /** @param resolvers the folder with one folder of functions for each domain */
  constructor(resolvers: string) {
    this.#resolvers = resolvers
  }

  /** Returns the path of a domain's file. Undefined: everybody may call the domain's fields. */
  file(domain: string): string | undefined {
    return this.rules(domain) ? this.#path(domain) : undefined
  }

  /** @throws Error for a file that does not export rules */
  rules(domain: string): Rules | undefined {
    if (!this.#rules.has(domain)) {
      const path = this.#path(domain)
      this.#rules.set(domain, existsSync(path) ? readExports(path, rulesOf) : undefined)
    }
    return this.#rules.get(domain)
  }

  /** Whether a field of a domain has to find the resources of an owner. */
  listsByOwner(domain: string, field: string | undefined): boolean {
    const rule = field === undefined ? undefined : this.rules(domain)?.[field]
    return rule !== undefined && concernsOwner(rule)
  }

  /**
   * Returns the mistakes in the rules of a domain with these fields, one sentence each.
   * @param ownerless the fields of views whose key has no owner
   */
  errors(domain: string, fields: readonly string[], ownerless: readonly string[]): string[] {
    const rules = this.rules(domain)
    if (!rules) return []
    const path = this.#path(domain)
    return [
      ...fields
        .filter((field) => !Object.hasOwn(rules, field))
        .map(
          (field) => `${path} has no rule for ${field}: add ${field}: everyone, or another rule`,
        ),
      ...Object.keys(rules)
        .filter((field) => !fields.includes(field))
        .map((field) => `${path} has a rule for ${field}, which is no field of ${domain}`),
      ...ownerless
        .filter((field) => this.listsByOwner(domain, field))
        .map(
          (field) =>
            `${path} has the rule owner for ${field}, whose view has no key argument owner: add owner: ID to the field, or use another rule`,
        ),
    ]
  }

  #path(domain: string): string {
    return join(this.#resolvers, domain, 'access.ts')
  }
}
