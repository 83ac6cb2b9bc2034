import { modelOf, readParts } from '../index.ts'
import type { Config } from './config.ts'

/**
 * A plugin of the GraphQL code generator. Writes types that compile only if the domains' classes
 * have the fields that the schema shows.
 */
export function plugin(_schema: unknown, _documents: unknown, config: Config) {
  const { framework = '..' } = config
  const domains = readParts(config.resolvers)
    .map(modelOf)
    .filter(({ resources }) => resources.length > 0)
  if (domains.length === 0) return '// No domain has a resource. Generated.\nexport {}\n'
  const imports = domains.map(({ domain, resources }) => {
    const names = resources.map(({ name }) => name).join(', ')
    return `import type { ${names} } from '../${domain}/index.ts'`
  })
  const checks = domains.flatMap(({ domain, resources }) =>
    resources.map(({ name }) =>
      [
        `/** The class ${name} has all fields of the type ${name}. */`,
        `export type Shows${name} = Fits<Shown<${name}>, api.${name}>`,
        `/** The type ${name}Event has all attributes of the events of ${name}. */`,
        `export type Feeds${name} = [`,
        `  NoneMissing<`,
        `    MissingAttributes<EventOf<${name}>, api.${name}Event, '${name}Event in ${config.resolvers}/${domain}/schema.graphql'>`,
        `  >,`,
        `  Fits<AttributesOf<EventOf<${name}>>, Partial<api.${name}Event>>,`,
        `]`,
      ].join('\n'),
    ),
  )
  const types = 'AttributesOf, Fits, MissingAttributes, NoneMissing, Shown'
  return [
    '// Compiles only if the classes of the domains have all fields of the schema. Generated.',
    `import type { ${types} } from '${framework}/appsync/index.ts'`,
    `import type { EventOf } from '${framework}/event-sourcing/index.ts'`,
    ...imports,
    "import type * as api from './schema.ts'",
    '',
    `${checks.join('\n\n')}\n`,
  ].join('\n')
}
