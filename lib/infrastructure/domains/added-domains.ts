import { type FieldFunctions, namesOf } from '../functions/field-functions.ts'
import type { EventTable } from '../tables/event-table.ts'
import type { Contract } from './contract.ts'
import type { Domains } from './domains.ts'

/** Something that the stack lacks. */
interface Missing {
  /** One sentence. */
  readonly error: string
  /** The resources and fields that cause no further errors. */
  readonly resources: readonly string[]
  readonly fields: readonly string[]
}

export interface AddedDomainsProps {
  readonly contract: Contract
  /** All domains that have a folder. */
  readonly domains: Domains
  readonly functions: FieldFunctions
}

/** The domains that the stack has added, and the mistakes in these lines of the stack. */
export class AddedDomains {
  readonly #props: AddedDomainsProps
  readonly #names = new Set<string>()
  readonly #resources = new Map<string, { readonly domain: string; readonly table: EventTable }>()

  constructor(props: AddedDomainsProps) {
    this.#props = props
  }

  /**
   * Returns the mistake in adding a domain, as one sentence. Undefined: there is none.
   * @param isTaken whether the API already has a construct of this name
   */
  mistakeIn(name: string, resources: readonly string[], isTaken: boolean): string | undefined {
    if (isTaken) {
      return this.#names.has(name)
        ? `The stack adds the domain ${name} twice: list all of its resources in one addDomain('${name}', …)`
        : `A domain cannot have the name ${name}, which the API uses itself: choose another name`
    }
    const repeated = resources.find((resource, index) => resources.indexOf(resource) < index)
    if (repeated !== undefined)
      return `addDomain('${name}', …) lists the resource ${repeated} twice: remove one`
    const taken = resources.find((resource) => this.#resources.has(resource))
    return taken === undefined
      ? undefined
      : `The domains ${this.#resources.get(taken)?.domain} and ${name} both have the resource ${taken}: rename one, because all domains share one API`
  }

  add(name: string): void {
    this.#names.add(name)
  }

  get names(): string[] {
    return [...this.#names]
  }

  /** Returns the resources of a domain, with their tables. */
  resourcesOf(domain: string): { readonly resource: string; readonly table: EventTable }[] {
    return [...this.#resources]
      .filter(([, added]) => added.domain === domain)
      .map(([resource, { table }]) => ({ resource, table }))
  }

  addResource(resource: string, domain: string, table: EventTable): void {
    this.#resources.set(resource, { domain, table })
  }

  find(resource: string): EventTable | undefined {
    return this.#resources.get(resource)?.table
  }

  /** @throws Error if no domain so far has the resource */
  table(resource: string, api: string): EventTable {
    const known = this.find(resource)
    if (known) return known
    const names = [...this.#resources.keys()].join(', ')
    throw new Error(
      `${api} has no table for ${resource}: use one of ${names || 'none'}, or call addDomain first`,
    )
  }

  /** Returns what the stack lacks. */
  missing(): Missing[] {
    const domains = this.#missingDomains()
    const known = new Set(domains.flatMap(({ resources }) => resources))
    return [...domains, ...this.#missingResources(known)]
  }

  /** Returns the resources that a domain of the stack has, or would have without a mistake. */
  resources(missing: readonly Missing[]): ReadonlySet<string> {
    return new Set([...this.#resources.keys(), ...missing.flatMap(({ resources }) => resources)])
  }

  /** Returns the domains that have folders and parts of the schema, but no line in the stack. */
  #missingDomains(): Missing[] {
    const { domains, functions } = this.#props
    return domains.names
      .filter((domain) => !this.#names.has(domain))
      .flatMap((domain) => {
        const resources = this.#unnamed().filter((resource) => domains.exports(domain, resource))
        if (resources.length === 0) return []
        const list = resources.map((resource) => `'${resource}'`).join(', ')
        return {
          error: `The stack does not add the domain ${domain}: write api.addDomain('${domain}', { resources: [${list}] })`,
          resources,
          fields: [
            ...resources.flatMap((resource) => this.#builtInFields(resource)),
            ...functions.exportedBy(domain),
          ],
        }
      })
  }

  /** Returns the schema's resources that no domain names, without the known ones. */
  #missingResources(known: ReadonlySet<string>): Missing[] {
    return this.#unnamed()
      .filter((resource) => !known.has(resource))
      .map((resource) => ({
        error: `schema.graphql has the resource ${resource}, but no addDomain names it: write addDomain('…', { resources: ['${resource}', …] }) in the stack`,
        resources: [],
        fields: this.#builtInFields(resource),
      }))
  }

  #unnamed(): string[] {
    const resources = this.#props.contract.feeds().map(({ resource }) => resource)
    return resources.filter((resource) => !this.#resources.has(resource))
  }

  #builtInFields(resource: string): string[] {
    return namesOf(this.#props.contract.resource(resource).queries)
  }
}
