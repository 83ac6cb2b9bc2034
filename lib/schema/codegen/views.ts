import { type InputValueDefinitionNode, Kind } from 'graphql'
import { modelOf, nameOf, readParts, type ViewModel, viewsOf } from '../index.ts'
import type { DomainModel } from '../model.ts'
import type { Config } from './config.ts'

/** The TypeScript types of scalars that are no texts. */
const TYPES: Readonly<Record<string, string>> = {
  Int: 'number',
  Float: 'number',
  AWSTimestamp: 'number',
  Boolean: 'boolean',
}

/** A plugin of the GraphQL code generator. Writes the types of the views in views.ts, by domain. */
export function plugin(_schema: unknown, _documents: unknown, config: Config) {
  const { framework = '..' } = config
  const models = readParts(config.resolvers).map(modelOf)
  const views = viewsOf(models)
  if (views.length === 0) return '// No domain has a view. Generated.\nexport {}\n'
  const typed = views.map((view) => ({ view, type: typeOf(view, models) }))
  const helpers = ['FoldFor', 'ListFor', 'PageFor'].filter((name) =>
    typed.some(({ type }) => type.startsWith(`${name}<`)),
  )
  const imports = models.flatMap(({ domain, resources }) => {
    const names = resources
      .map(({ name }) => name)
      .filter((name) => views.some(({ item }) => item === name))
    return names.length === 0
      ? []
      : `import type { ${names.join(', ')} } from '../${domain}/index.ts'`
  })
  const domains = [...new Set(views.map(({ domain }) => domain))]
  const blocks = domains.map((domain) => {
    const lines = typed
      .filter(({ view }) => view.domain === domain)
      .map(({ view, type }) => `    readonly ${view.name}: ${type}`)
    return [
      `  readonly ${/^[A-Za-z_]\w*$/.test(domain) ? domain : `'${domain}'`}: {`,
      ...lines,
      '  }',
    ].join('\n')
  })
  const needsSort = typed.some(({ type }) => type.includes('SortValue'))
  return [
    '// The views that a views.ts of each domain needs, one for each @view field. Generated.',
    `import type { ${helpers.join(', ')} } from '${framework}/appsync/index.ts'`,
    ...(needsSort
      ? [`import type { SortValue } from '${framework}/event-sourcing/views/index.ts'`]
      : []),
    ...imports,
    "import type * as api from './schema.ts'",
    '',
    "/** The views of a domain: `export const views = { … } satisfies Views['shopping']`. */",
    'export interface Views {',
    ...blocks,
    '}\n',
  ].join('\n')
}

/** Returns the type of a view: `ListFor<Product, [status: api.ProductStatus], number, api.Product>`. */
function typeOf({ keys, sort, answer, item }: ViewModel, models: readonly DomainModel[]): string {
  const isResource = models.some(({ resources }) => resources.some(({ name }) => name === item))
  const key = keys.map((argument) => `${argument.name.value}: ${keyType(argument, models)}`)
  const shared = `[${key.join(', ')}], ${sort ? (TYPES[sort] ?? 'string') : 'SortValue'}, api.${item}`
  if (answer === 'row') return `FoldFor<${shared}>`
  return isResource ? `ListFor<${item}, ${shared}>` : `PageFor<${shared}>`
}

function keyType({ type }: InputValueDefinitionNode, models: readonly DomainModel[]): string {
  const name = nameOf(type)
  const isEnum = models.some(({ others }) =>
    others.some((other) => other.kind === Kind.ENUM_TYPE_DEFINITION && other.name.value === name),
  )
  return isEnum ? `api.${name}` : (TYPES[name] ?? 'string')
}
