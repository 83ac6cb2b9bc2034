import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type AnyView, type ViewArgument, type ViewField, viewsIn } from '../../appsync/index.ts'
import {
  expandedSchema,
  hasParts,
  modelOf,
  nameOf,
  OWNER,
  readParts,
  type ViewModel,
  viewsOf,
} from '../../schema/index.ts'
import type { ModuleParts } from '../functions/bundled-code.ts'
import type { Contract } from './contract.ts'
import type { Domains } from './domains.ts'
import { readExports } from './read-exports.ts'

/** The type of a date with a time, whose values are compared as in `event.created`. */
const DATE = 'AWSDateTime'

/** The field that the framework adds to a row. */
const BEHIND = 'behind'

interface FoundView {
  readonly domain: string
  readonly name: string
  readonly file: string
  readonly view: AnyView
  /** The resource types of its classes. Undefined: no domain's index file exports the class. */
  readonly resources: readonly (string | undefined)[]
  /** Its query field. Undefined: the domain's part has none. */
  readonly model: ViewModel | undefined
}

/** The views of all domains, from the `views.ts` files in their folders and the domains' parts. */
export class DomainViews {
  readonly #contract: Contract
  readonly #models: readonly ViewModel[]
  readonly #views: readonly FoundView[]

  /** @param resolvers the folder with one folder of functions for each domain */
  constructor(resolvers: string, domains: Domains, contract: Contract) {
    this.#contract = contract
    this.#models = declaredViews(resolvers)
    this.#views = viewFiles(resolvers).flatMap(({ domain, file }) =>
      Object.entries(readExports(file, viewsIn, ' has no views')).map(([name, view]) => ({
        ...{ domain, name, file, view },
        resources: classesOf(view).map((one) => domains.resourceOf(one)),
        model: this.#models.find((model) => model.domain === domain && model.name === name),
      })),
    )
  }

  get exist(): boolean {
    return this.#views.length > 0
  }

  /** Returns the query fields of a domain that views answer. */
  names(domain: string): string[] {
    return this.fields(domain).map(({ name }) => name)
  }

  /** Returns the resources whose events the views of a domain need. Default: of all domains. */
  resources(domain?: string): string[] {
    return [...new Set(this.fields(domain).flatMap(({ resources }) => resources))]
  }

  /** Returns the views of a domain, for functions. Default: of all domains. */
  fields(domain?: string): ViewField[] {
    return this.#views
      .filter((found) => domain === undefined || found.domain === domain)
      .flatMap(({ name, resources, model, ...found }) => {
        const known = resources.filter((resource) => resource !== undefined)
        if (!model || known.length < resources.length) return []
        const { fields, enums, types } = this.#contract.resource(model.item)
        return {
          ...{ name, domain: found.domain, resources: known },
          keys: model.keys.map((key): ViewArgument => {
            const type = nameOf(key.type)
            return { name: key.name.value, kind: this.#kindOf(type) }
          }),
          isDated: model.sort === DATE,
          ...{ isFresh: model.isFresh, answer: model.answer },
          item: {
            name: model.item,
            fields: fields.filter((field) => field !== BEHIND),
            enums,
            types,
          },
        }
      })
  }

  /** The paths of the views files, by domain. */
  get paths(): ReadonlyMap<string, string> {
    return new Map(this.#views.map(({ domain, file }) => [domain, file]))
  }

  /** Returns an object with the views files of a domain. Default: of all domains. */
  files(domain?: string): ModuleParts {
    const entries = [...this.paths].filter(([name]) => domain === undefined || name === domain)
    return {
      imports: entries.map(
        ([, file], index) => `import * as views${index} from ${JSON.stringify(file)}`,
      ),
      expression: `{ ${entries.map(([name], index) => `${JSON.stringify(name)}: views${index}`).join(', ')} }`,
    }
  }

  /** Returns the fields that views should answer, for which no further error is needed. */
  get declared(): string[] {
    return this.#models.map(({ name }) => name)
  }

  /** Whether a key argument of a field is the id of an owner. */
  hasOwner(field: string): boolean {
    const model = this.#models.find(({ name }) => name === field)
    return model?.keys.some(({ name }) => name.value === OWNER) ?? false
  }

  /** Returns the view fields of a domain that have no key argument `owner`. */
  ownerless(domain: string): string[] {
    return this.names(domain).filter((field) => !this.hasOwner(field))
  }

  /**
   * Returns the errors of the views, one sentence each.
   * @param resources the resources that the stack adds
   * @param resolvedBy returns the file that also resolves a field of a domain, if one does
   */
  errors(
    resources: ReadonlySet<string>,
    resolvedBy: (domain: string, field: string) => string | undefined,
  ): string[] {
    return [
      ...this.#models
        .filter(
          ({ domain, name }) => !this.#views.some((v) => v.domain === domain && v.name === name),
        )
        .map(
          ({ domain, name }) =>
            `Query.${name} is marked @view, but resolvers/${domain}/views.ts exports no view ${name}: add ${name}: list(…) or fold(…)${this.#contract.placeOf('Query', name)}`,
        ),
      ...this.#views.flatMap((found) =>
        this.#mistakesOf(found, resources, resolvedBy(found.domain, found.name)).map(
          (mistake) => `${found.file}: ${found.name} ${mistake}`,
        ),
      ),
    ]
  }

  #mistakesOf(
    { domain, name, view, resources, model }: FoundView,
    added: ReadonlySet<string>,
    other: string | undefined,
  ): string[] {
    if (!model) {
      return [
        `is a view, but resolvers/${domain}/schema.graphql has no query field ${name} that is marked @view`,
      ]
    }
    const mistakes = [
      ...(other ? [`is a view, and ${other} resolves the same field: remove one`] : []),
      ...resources.flatMap((resource) => {
        if (resource === undefined) return ["is of a class that no domain's index.ts exports"]
        return added.has(resource) ? [] : [`is of ${resource}, which no addDomain names`]
      }),
    ]
    if (mistakes.length > 0) return mistakes
    return [
      ...(view.kind === 'list' ? this.#listMistakes(view, model, resources[0] ?? '') : []),
      ...(view.kind === 'fold' ? this.#foldMistakes(view, model) : []),
      ...(model.sort !== undefined && !view.sort
        ? ['needs a function sort, because its field has from or to']
        : []),
    ]
  }

  #listMistakes(view: AnyView & { kind: 'list' }, model: ViewModel, resource: string): string[] {
    const { answer, type, item } = model
    if (answer === 'row') return [`is a list, but its field answers one row, ${type}: use fold`]
    if (this.#isResource(item)) {
      return item === resource ? [] : [`lists ${resource}, but its field answers ${type}`]
    }
    return view.keep ? [] : [`needs a function keep, which returns the fields of ${item}`]
  }

  #foldMistakes(view: AnyView & { kind: 'fold' }, model: ViewModel): string[] {
    const { answer, type, item } = model
    if (this.#isResource(item)) {
      return [`is a fold, but its field answers resources, ${type}: use list, or another type`]
    }
    if (answer === 'page') {
      return view.sort ? [] : [`needs a function sort, because its field answers a page, ${type}`]
    }
    return view.sort
      ? [`has a function sort, and so several rows for a key, but its field answers one, ${type}`]
      : []
  }

  #isResource(type: string): boolean {
    return this.#contract.feeds().some(({ resource }) => resource === type)
  }

  #kindOf(type: string): ViewArgument['kind'] {
    if (this.#contract.isEnum(type)) return 'enum'
    return type === DATE ? 'date' : 'plain'
  }
}

function classesOf({ of }: AnyView): readonly unknown[] {
  return typeof of === 'function' ? [of] : of
}

/** Returns no views for parts with mistakes, which `driftErrors` reports. */
function declaredViews(resolvers: string): ViewModel[] {
  if (!hasParts(resolvers)) return []
  try {
    expandedSchema(resolvers)
  } catch {
    return []
  }
  return viewsOf(readParts(resolvers).map(modelOf))
}

function viewFiles(resolvers: string): { readonly domain: string; readonly file: string }[] {
  return readdirSync(resolvers, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ domain: name, file: join(resolvers, name, 'views.ts') }))
    .filter(({ file }) => existsSync(file))
    .sort((one, other) => (one.domain < other.domain ? -1 : 1))
}
