import {
  type ASTNode,
  type DefinitionNode,
  type EnumValueDefinitionNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  visit,
} from 'graphql'
import { hasCommentWithin } from './comments.ts'
import {
  APPSYNC_DIRECTIVES,
  APPSYNC_SCALARS,
  directive,
  isType,
  lowerFirst,
  modelOf,
  nameOf,
  OPERATIONS,
  QUERIES,
  type ResourceModel,
  SCALARS,
  type TypeNode,
} from './model.ts'
import { type Part, placeOf } from './part.ts'
import { viewMistakes } from './views/view-mistakes.ts'
import { isView, POSITION } from './views/view-model.ts'

/** The framework's directives, and the kind of node that each one accepts. */
const DIRECTIVES: Readonly<Record<string, Directed['kind']>> = {
  resource: Kind.OBJECT_TYPE_DEFINITION,
  events: Kind.OBJECT_TYPE_DEFINITION,
  command: Kind.INPUT_OBJECT_TYPE_DEFINITION,
  view: Kind.FIELD_DEFINITION,
}
/** The place of each kind of node, for messages. */
const PLACES: Readonly<Partial<Record<Directed['kind'], string>>> = {
  [Kind.INPUT_OBJECT_TYPE_DEFINITION]: 'an input',
  [Kind.FIELD_DEFINITION]: 'a field of Query',
}
/** The arguments of each directive. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  resource: ['queries', 'plural'],
  view: ['fresh'],
}
/** The fields that each directive adds or reserves for later. */
const RESERVED: Readonly<Record<string, readonly string[]>> = {
  resource: ['id', 'version'],
  events: [
    'id',
    'number',
    'type',
    'created',
    'meta',
    'commandId',
    'traceId',
    'truncated',
    'owner',
    'actor',
  ],
  command: ['commandId', 'expectedVersion'],
}

type Field = FieldDefinitionNode | InputValueDefinitionNode
/** A node that may have directives. */
type Directed = TypeNode | Field | EnumValueDefinitionNode

/** Returns the mistakes in the parts, one sentence each, with file, line and fix. */
export function mistakesIn(parts: readonly Part[]): string[] {
  const names = new Names(parts)
  const models = parts.map(modelOf)
  return [
    ...parts.flatMap((part) => [
      ...syntaxMistakes(part),
      ...part.document.definitions.flatMap((node) => definitionMistakes(node, part, names)),
      ...resourceMistakes(part),
      ...viewMistakes(part, models),
    ]),
    ...names.mistakes,
  ]
}

/** The names of all parts, and the first definition of each. */
class Names {
  readonly #types = new Map<string, string>()
  readonly mistakes: string[] = []

  constructor(parts: readonly Part[]) {
    const fields = new Map<string, string>()
    let firstView: { readonly field: FieldDefinitionNode; readonly part: Part } | undefined
    for (const part of parts) {
      for (const type of part.document.definitions.filter(isType)) {
        this.#add(this.#types, `type ${type.name.value}`, type, part)
      }
      const { resources, fields: own } = modelOf(part)
      for (const resource of resources) {
        for (const name of [`${resource.name}Page`, `${resource.name}EventInput`]) {
          this.#add(this.#types, `type ${name}`, resource.type, part)
        }
        for (const name of addedFields(resource)) this.#add(fields, name, resource.type, part)
      }
      for (const operation of OPERATIONS) {
        for (const field of own.get(operation) ?? []) {
          this.#add(fields, `${operation}.${field.name.value}`, field, part)
          if (isView(field)) firstView ??= { field, part }
        }
      }
    }
    if (firstView) this.#add(this.#types, `type ${POSITION}`, firstView.field, firstView.part)
  }

  has(type: string): boolean {
    return this.#types.has(`type ${type}`)
  }

  #add(known: Map<string, string>, name: string, node: ASTNode, part: Part): void {
    const place = placeOf(node, part)
    const before = known.get(name)
    if (before === undefined) known.set(name, place)
    else {
      this.mistakes.push(
        `${name} is defined twice, at ${before} and at ${place}: rename one, because all domains share one API`,
      )
    }
  }
}

function addedFields({ name, plural, queries }: ResourceModel): string[] {
  const one = lowerFirst(name)
  const built = { one, all: plural, events: `${one}Events` }
  return [
    ...queries.map((kind) => `Query.${built[kind]}`),
    `Mutation.publish${name}Event`,
    `Subscription.on${name}Event`,
  ]
}

/** Returns the uses of syntax that graphql-js parses, and AppSync rejects or treats differently. */
function syntaxMistakes(part: Part): string[] {
  const mistakes: string[] = []
  visit(part.document, {
    enter(node) {
      if ('description' in node && node.description) {
        mistakes.push(
          `AppSync does not parse descriptions in quotes: write a comment, # …${at(node.description, part)}`,
        )
      }
    },
    InputValueDefinition(node) {
      mistakes.push(...directiveMistakes(node, part))
      const { name, defaultValue } = node
      if (!defaultValue) return
      mistakes.push(
        `${name.value} has a default value, which AppSync ignores: set the default in the command${at(defaultValue, part)}`,
      )
    },
    FieldDefinition(node) {
      mistakes.push(...directiveMistakes(node, part))
    },
    EnumValueDefinition(node) {
      mistakes.push(...directiveMistakes(node, part))
    },
    EnumTypeDefinition(node) {
      if (!hasCommentWithin(node)) return
      mistakes.push(
        `AppSync may not parse a comment in an enum: move it above enum ${node.name.value}${at(node, part)}`,
      )
    },
  })
  return mistakes
}

function definitionMistakes(node: DefinitionNode, part: Part, names: Names): string[] {
  if (node.kind === Kind.OBJECT_TYPE_EXTENSION) {
    const { value: name } = node.name
    if (!OPERATIONS.some((operation) => operation === name)) {
      return [
        `${name} cannot be extended: extend Query, Mutation or Subscription, and define other types in one place${at(node, part)}`,
      ]
    }
    return (node.fields ?? []).flatMap((field) => fieldMistakes(field, name, part, names))
  }
  if (!isType(node)) {
    return [`A domain's part can contain only types, inputs, enums and extensions${at(node, part)}`]
  }
  const { value: name } = node.name
  if (OPERATIONS.some((operation) => operation === name)) {
    return [
      `Write extend type ${name}, because other domains also add fields to it${at(node, part)}`,
    ]
  }
  const fields: readonly Field[] =
    node.kind === Kind.ENUM_TYPE_DEFINITION ? [] : (node.fields ?? [])
  return [
    ...directiveMistakes(node, part),
    ...fields.flatMap((field) => fieldMistakes(field, name, part, names)),
    ...repeated(fields).map(
      (field) =>
        `${name}.${field.name.value} is defined twice: remove one, because an attribute has the same type in all events${at(field, part)}`,
    ),
    ...(directive(node, 'events') ? fields : [])
      .filter(({ type }) => type.kind === Kind.NON_NULL_TYPE)
      .map(
        (field) =>
          `${name}.${field.name.value} must be nullable, because events of other types do not have it: remove the !${at(field, part)}`,
      ),
    ...Object.entries(RESERVED).flatMap(([owner, reserved]) =>
      directive(node, owner)
        ? fields
            .filter((field) => reserved.includes(field.name.value))
            .map(
              (field) =>
                `${name}.${field.name.value} is a name that @${owner} adds or reserves: remove the field or choose another name${at(field, part)}`,
            )
        : [],
    ),
  ]
}

/** Returns the mistakes in the directives of a type, a field, an argument or an enum value. */
function directiveMistakes(node: Directed, part: Part): string[] {
  return (node.directives ?? []).flatMap((used) => {
    const { value: name } = used.name
    if (APPSYNC_DIRECTIVES.includes(name)) return []
    const kind = DIRECTIVES[name]
    if (!kind) {
      const known = Object.keys(DIRECTIVES).map((one) => `@${one}`)
      return [
        `@${name} is unknown: use ${known.join(', ')}, or a directive of AppSync${at(used, part)}`,
      ]
    }
    if (kind !== node.kind) {
      return [`@${name} can be used only on ${PLACES[kind] ?? 'a type'}${at(used, part)}`]
    }
    const allowed = ARGUMENTS[name] ?? []
    return (used.arguments ?? []).flatMap((argument) => {
      const { value: given } = argument.name
      if (!allowed.includes(given))
        return [`@${name} has no argument ${given}${at(argument, part)}`]
      if (given === 'fresh') {
        return argument.value.kind === Kind.BOOLEAN
          ? []
          : [`fresh must be true or false${at(argument, part)}`]
      }
      if (given === 'plural') {
        return argument.value.kind === Kind.STRING && /^[a-z]\w*$/.test(argument.value.value)
          ? []
          : [`plural must be a field name like "people"${at(argument, part)}`]
      }
      const values = argument.value.kind === Kind.LIST ? argument.value.values : [argument.value]
      return values
        .filter(
          (value) => value.kind !== Kind.ENUM || !QUERIES.some((query) => query === value.value),
        )
        .map((value) => `queries can contain only ${QUERIES.join(', ')}${at(value, part)}`)
    })
  })
}

function fieldMistakes(field: Field, owner: string, part: Part, names: Names): string[] {
  const references = [
    field.type,
    ...('arguments' in field ? (field.arguments ?? []).map(({ type }) => type) : []),
  ]
  return references
    .map((type) => ({ type, name: nameOf(type) }))
    .filter(
      ({ name }) => !SCALARS.includes(name) && !APPSYNC_SCALARS.includes(name) && !names.has(name),
    )
    .map(
      ({ type, name }) =>
        `${owner}.${field.name.value} has the unknown type ${name}: define it, or use a scalar${at(type, part)}`,
    )
}

function resourceMistakes(part: Part): string[] {
  const types = part.document.definitions.filter(isType)
  const named = (name: string) => types.find((type) => type.name.value === name)
  return types.flatMap((type) => {
    const { value: name } = type.name
    if (directive(type, 'resource') && !directive(named(`${name}Event`) ?? type, 'events')) {
      return [`${name} has no events: add type ${name}Event @events { … }${at(type, part)}`]
    }
    if (!directive(type, 'events')) return []
    const resource = name.endsWith('Event') ? name.slice(0, -'Event'.length) : undefined
    const owner = resource === undefined ? undefined : named(resource)
    return owner && directive(owner, 'resource')
      ? []
      : [
          `${name} has no resource: name it after its resource, with the suffix Event, and add type ${resource ?? name} @resource { … }${at(type, part)}`,
        ]
  })
}

function repeated(fields: readonly Field[]): Field[] {
  return fields.filter(
    (field, index) => fields.findIndex((other) => other.name.value === field.name.value) < index,
  )
}

function at(node: ASTNode, part: Part): string {
  return ` (${placeOf(node, part)})`
}
