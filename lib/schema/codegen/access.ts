import { type FieldDefinitionNode, Kind } from 'graphql'
import { isView, keysOf, modelOf, nameOf, OWNER, readParts } from '../index.ts'
import { type DomainModel, lowerFirst, type Operation, type ResourceModel } from '../model.ts'
import type { Config } from './config.ts'

/** A plugin of the GraphQL code generator. Writes the types of the rules in access.ts, by domain. */
export function plugin(_schema: unknown, _documents: unknown, config: Config) {
  const { framework = '..' } = config
  const domains = readParts(config.resolvers)
    .map(modelOf)
    .filter(({ domain }) => domain !== 'operations')
    .map((model) => ({ model, fields: fieldsOf(model) }))
    .filter(({ fields }) => fields.length > 0)
  const rules = domains.flatMap(({ fields }) => fields.map(({ rule }) => rule))
  const kinds = ['OwnerlessRule', 'Rule'].filter((kind) =>
    rules.some((rule) => rule.startsWith(`${kind}<`)),
  )
  const blocks = domains.map(({ model, fields }) => {
    const lines = fields.map(({ name, rule }) => `    readonly ${name}: ${rule}`)
    return [`  readonly ${keyOf(model.domain)}: {`, ...lines, '  }'].join('\n')
  })
  const imports = domains.flatMap(({ model, fields }) => {
    const names = model.resources
      .map(({ name }) => name)
      .filter((name) => fields.some(({ rule }) => new RegExp(`^Rule<${name}\\b`).test(rule)))
    return names.length === 0
      ? []
      : `import type { ${names.join(', ')} } from '../${model.domain}/index.ts'`
  })
  return [
    '// The rules that an access.ts of each domain needs, one for each field. Generated.',
    ...(kinds.length > 0
      ? [`import type { ${kinds.join(', ')} } from '${framework}/appsync/index.ts'`]
      : []),
    ...imports,
    ...(rules.some((rule) => rule.includes('api.'))
      ? ["import type * as api from './schema.ts'"]
      : []),
    '',
    "/** The rules of a domain: `export const access = { … } satisfies Access['shopping']`. */",
    'export interface Access {',
    ...blocks,
    '}\n',
  ].join('\n')
}

interface RuledField {
  readonly name: string
  /** The type of its rule. */
  readonly rule: string
}

function fieldsOf(model: DomainModel): RuledField[] {
  const { resources, fields } = model
  const own = (operation: Operation) => fields.get(operation) ?? []
  return [
    ...resources.flatMap(builtInRules),
    ...own('Query').map((field) => ruled(field, queryRule(model, field))),
    ...own('Mutation').map((field) => ruled(field, commandRule(model, field))),
    ...resources.map(({ name }) => ({
      name: `on${name}Event`,
      rule: `Rule<${name} | undefined, api.Subscriptionon${name}EventArgs>`,
    })),
    ...own('Subscription').map((field) => ruled(field, subscriptionRule(model, field))),
  ]
}

function builtInRules({ name, plural, queries }: ResourceModel): RuledField[] {
  const one = lowerFirst(name)
  const rules = {
    one: { name: one, rule: `Rule<${name}, api.Query${one}Args>` },
    all: { name: plural, rule: `Rule<undefined, api.Query${plural}Args>` },
    events: { name: `${one}Events`, rule: `Rule<${name}, api.Query${one}EventsArgs>` },
  }
  return queries.map((kind) => rules[kind])
}

function queryRule(model: DomainModel, field: FieldDefinitionNode): string {
  const args = argsOf('Query', field)
  if (isView(field)) {
    const hasOwner = keysOf(field).some(({ name }) => name.value === OWNER)
    return hasOwner ? `Rule<undefined, ${args}>` : `OwnerlessRule<${args}>`
  }
  const resource = subjectOf(model, nameOf(field.type))
  const hasId = field.arguments?.some(({ name }) => name.value === 'id')
  return resource && hasId ? `Rule<${resource}, ${args}>` : `OwnerlessRule<${args}>`
}

function commandRule(model: DomainModel, field: FieldDefinitionNode): string {
  const [input] = field.arguments ?? []
  const isInput = input?.name.value === 'input'
  const type = isInput ? `api.${nameOf(input.type)}` : argsOf('Mutation', field)
  const { name: resource } = model.resources.find(({ name }) => name === nameOf(field.type)) ?? {}
  if (!resource) return `OwnerlessRule<${type}>`
  const fields = isInput ? inputFields(model, nameOf(input.type)) : (field.arguments ?? [])
  const id = fields.find(({ name }) => name.value === 'id')
  // Without an id, the framework does not know the resource, and has no owner to compare.
  if (!id) return `OwnerlessRule<${type}>`
  return id.type.kind === Kind.NON_NULL_TYPE
    ? `Rule<${resource}, ${type}>`
    : `Rule<${resource} | undefined, ${type}>`
}

function subscriptionRule(model: DomainModel, field: FieldDefinitionNode): string {
  const args = argsOf('Subscription', field)
  const resource = model.resources.find(({ events }) => events.name.value === nameOf(field.type))
  return resource ? `Rule<${resource.name} | undefined, ${args}>` : `OwnerlessRule<${args}>`
}

/** Returns the resource that a type shows: the resource itself, or one of its events. */
function subjectOf({ resources }: DomainModel, type: string): string | undefined {
  return resources.find(({ name, events }) => type === name || type === events.name.value)?.name
}

function inputFields({ commands, others }: DomainModel, name: string) {
  const input = [...commands, ...others].find((type) => type.name.value === name)
  return input?.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ? (input.fields ?? []) : []
}

function argsOf(operation: Operation, { name, arguments: args = [] }: FieldDefinitionNode): string {
  return args.length === 0 ? 'object' : `api.${operation}${name.value}Args`
}

function ruled({ name }: FieldDefinitionNode, rule: string): RuledField {
  return { name: name.value, rule }
}

function keyOf(domain: string): string {
  return /^[A-Za-z_]\w*$/.test(domain) ? domain : `'${domain}'`
}
