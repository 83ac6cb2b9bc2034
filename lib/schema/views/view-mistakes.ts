import {
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  print,
  type TypeNode as TypeReference,
} from 'graphql'
import { APPSYNC_SCALARS, type DomainModel, nameOf, SCALARS } from '../model.ts'
import { type Part, placeOf } from '../part.ts'
import {
  AFTER,
  isFresh,
  isView,
  itemsOf,
  keysOf,
  OPTIONS,
  OWNER,
  pagesOf,
  RANGE,
} from './view-model.ts'

/** The scalars that are neither keys nor sort values. */
const NO_KEYS = ['AWSJSON']
const UNORDERED = ['AWSJSON', 'Boolean']
const PAGE = '{ items: [X!]! nextToken: String }'

/** Returns the mistakes in the view fields of a part, one sentence each. */
export function viewMistakes(part: Part, models: readonly DomainModel[]): string[] {
  const types = new ViewTypes(models)
  return part.document.definitions.flatMap((node) => {
    if (!('fields' in node)) return []
    const fields = (node.fields ?? []).filter((field) => field.kind === Kind.FIELD_DEFINITION)
    const isQuery = node.kind === Kind.OBJECT_TYPE_EXTENSION && node.name.value === 'Query'
    return fields
      .filter(isView)
      .flatMap((field) =>
        isQuery
          ? [
              ...keyMistakes(field, part, types),
              ...argumentMistakes(field, part),
              ...answerMistakes(field, part, types),
            ]
          : [`@view can be used only on a field of Query (${placeOf(field, part)})`],
      )
  })
}

/** The types of all parts that a view field can use. */
class ViewTypes {
  readonly pages: ReadonlyMap<string, string>
  readonly #enums: ReadonlySet<string>
  readonly #resources: ReadonlySet<string>
  /** The object types without a directive of the framework. */
  readonly #objects: ReadonlyMap<string, ObjectTypeDefinitionNode>

  constructor(models: readonly DomainModel[]) {
    const others = models.flatMap((model) => model.others)
    const enums = others.filter(({ kind }) => kind === Kind.ENUM_TYPE_DEFINITION)
    this.pages = pagesOf(models)
    this.#enums = new Set(enums.map(({ name }) => name.value))
    this.#resources = new Set(models.flatMap(({ resources }) => resources.map(({ name }) => name)))
    this.#objects = new Map(
      others
        .filter((type) => type.kind === Kind.OBJECT_TYPE_DEFINITION)
        .map((type) => [type.name.value, type]),
    )
  }

  isKey(type: TypeReference): boolean {
    if (type.kind === Kind.NON_NULL_TYPE) return this.isKey(type.type)
    if (type.kind !== Kind.NAMED_TYPE) return false
    return isScalar(nameOf(type), NO_KEYS) || this.#enums.has(nameOf(type))
  }

  isResource(type: string | undefined): boolean {
    return type !== undefined && this.#resources.has(type)
  }

  object(name: string): ObjectTypeDefinitionNode | undefined {
    return this.#objects.get(name)
  }
}

function keyMistakes(field: FieldDefinitionNode, part: Part, types: ViewTypes): string[] {
  const keys = keysOf(field)
  if (keys.length === 0) {
    return [
      `${field.name.value} has no argument for the key of its view: add one, such as status: ProductStatus! (${placeOf(field, part)})`,
    ]
  }
  return keys.flatMap((key) => {
    const { name, type } = key
    const argument = `${field.name.value}(${name.value})`
    if (!types.isKey(type)) {
      return [
        `${argument} must be a scalar or an enum, because it is part of the view's key; got ${print(type)} (${placeOf(key, part)})`,
      ]
    }
    if (type.kind === Kind.NON_NULL_TYPE || name.value === OWNER) return []
    return [
      `${argument} must not be null, because it is part of the view's key: write ${print(type)}! (${placeOf(key, part)})`,
    ]
  })
}

function argumentMistakes(field: FieldDefinitionNode, part: Part): string[] {
  const { arguments: args = [] } = field
  const named = (name: string) => args.find((argument) => argument.name.value === name)
  const place = (argument: InputValueDefinitionNode) => ` (${placeOf(argument, part)})`
  const after = named(AFTER)
  const [from, to] = RANGE.map(named)
  return [
    ...Object.entries(OPTIONS).flatMap(([name, type]) => {
      const argument = named(name)
      return argument === undefined || print(argument.type) === type
        ? []
        : [
            `${field.name.value}(${name}) must be ${type}; got ${print(argument.type)}${place(argument)}`,
          ]
    }),
    ...[from, to].flatMap((argument) =>
      argument === undefined || isScalar(print(argument.type), UNORDERED)
        ? []
        : [
            `${field.name.value}(${argument.name.value}) must be a nullable number or text, like the view's sort; got ${print(argument.type)}${place(argument)}`,
          ],
    ),
    ...(from && to && print(from.type) !== print(to.type)
      ? [
          `${field.name.value}(from) and ${field.name.value}(to) must have the same type; got ${print(from.type)} and ${print(to.type)}${place(to)}`,
        ]
      : []),
    ...(after
      ? [`${field.name.value}(${AFTER}) is added by @view: remove the argument${place(after)}`]
      : []),
  ]
}

function answerMistakes(field: FieldDefinitionNode, part: Part, types: ViewTypes): string[] {
  const name = nameOf(field.type)
  const place = ` (${placeOf(field.type, part)})`
  const object = types.object(name)
  const reserved = object?.fields?.find((one) => one.name.value === 'behind')
  if (reserved) return [`${name}.behind is a field that @view adds: remove it${place}`]
  if (isFresh(field) && !types.isResource(types.pages.get(name))) {
    return [
      `${field.name.value} answers no resources, so that it cannot be fresh: remove fresh: true${place}`,
    ]
  }
  if (types.pages.has(name)) {
    return isNullableOrNot(field.type) && (object === undefined || isPage(object))
      ? []
      : [`${field.name.value} must have the type ${name}!, with the fields ${PAGE}${place}`]
  }
  if (!object || field.type.kind !== Kind.NAMED_TYPE) {
    return [
      `${field.name.value} must answer a page, such as ProductPage! or a type ${PAGE}, or one row of a nullable type of your own; got ${print(field.type)}${place}`,
    ]
  }
  const paged = (field.arguments ?? []).filter(({ name: argument }) =>
    [...Object.keys(OPTIONS), ...RANGE].includes(argument.value),
  )
  return paged.map(
    (argument) =>
      `${field.name.value}(${argument.name.value}) needs a page, but ${name} is one row: remove the argument (${placeOf(argument, part)})`,
  )
}

/** Whether a type is a named type, nullable or not. */
function isNullableOrNot(type: TypeReference): boolean {
  const inner = type.kind === Kind.NON_NULL_TYPE ? type.type : type
  return inner.kind === Kind.NAMED_TYPE
}

function isPage(type: ObjectTypeDefinitionNode): boolean {
  const { fields = [] } = type
  const items = itemsOf(type)
  const nextToken = fields.find(({ name }) => name.value === 'nextToken')
  return (
    fields.length === 2 &&
    items !== undefined &&
    print(items.type) === `[${nameOf(items.type)}!]!` &&
    nextToken !== undefined &&
    print(nextToken.type) === 'String'
  )
}

function isScalar(name: string, except: readonly string[]): boolean {
  return [...SCALARS, ...APPSYNC_SCALARS].some(
    (scalar) => scalar === name && !except.includes(name),
  )
}
