import {
  type DefinitionNode,
  type EnumTypeDefinitionNode,
  type FieldDefinitionNode,
  type InputObjectTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type TypeNode as TypeReference,
} from 'graphql'
import type { Part } from './part.ts'

export const OPERATIONS = ['Query', 'Mutation', 'Subscription'] as const
export type Operation = (typeof OPERATIONS)[number]

/** GraphQL's own scalars. */
export const SCALARS = ['ID', 'String', 'Int', 'Float', 'Boolean']

/** The scalars that AppSync declares. */
export const APPSYNC_SCALARS = [
  'AWSDate',
  'AWSTime',
  'AWSDateTime',
  'AWSTimestamp',
  'AWSEmail',
  'AWSJSON',
  'AWSPhone',
  'AWSURL',
  'AWSIPAddress',
]
/** The directives that a part may use besides the framework's own. */
export const APPSYNC_DIRECTIVES = [
  'aws_api_key',
  'aws_iam',
  'aws_oidc',
  'aws_lambda',
  'aws_cognito_user_pools',
  'aws_auth',
  'aws_subscribe',
  'deprecated',
]

export const QUERIES = ['one', 'all', 'events'] as const
export type QueryKind = (typeof QUERIES)[number]

/** A resource and its events, as written by the domain's author. */
export interface ResourceModel {
  readonly name: string
  readonly type: ObjectTypeDefinitionNode
  readonly events: ObjectTypeDefinitionNode
  /** `products` */
  readonly plural: string
  readonly queries: readonly QueryKind[]
}

/** A domain's part, grouped by purpose. */
export interface DomainModel {
  readonly domain: string
  readonly resources: readonly ResourceModel[]
  readonly commands: readonly InputObjectTypeDefinitionNode[]
  /** The author's own fields of Query, Mutation and Subscription. */
  readonly fields: ReadonlyMap<Operation, readonly FieldDefinitionNode[]>
  /** Types that stay unchanged: enums, and types and inputs without the framework's directives. */
  readonly others: readonly TypeNode[]
}

export type TypeNode =
  | ObjectTypeDefinitionNode
  | InputObjectTypeDefinitionNode
  | EnumTypeDefinitionNode

export function modelOf({ domain, document }: Part): DomainModel {
  const { definitions } = document
  const types = definitions.filter(isType)
  const events = types.filter(isObject).filter((type) => directive(type, 'events'))
  const resources = types.filter(isObject).flatMap((type) => {
    const ofResource = events.find(({ name }) => name.value === `${type.name.value}Event`)
    if (!directive(type, 'resource') || !ofResource) return []
    return [resourceModel(type, ofResource)]
  })
  const commands = types.filter(isInput).filter((type) => directive(type, 'command'))
  const expanded = new Set<DefinitionNode>([
    ...resources.flatMap((resource) => [resource.type, resource.events]),
    ...commands,
  ])
  return {
    domain,
    resources,
    commands,
    fields: new Map(OPERATIONS.map((operation) => [operation, fieldsOf(definitions, operation)])),
    others: types.filter((type) => !expanded.has(type)),
  }
}

function resourceModel(
  type: ObjectTypeDefinitionNode,
  events: ObjectTypeDefinitionNode,
): ResourceModel {
  const name = type.name.value
  const given = new Map(
    directive(type, 'resource')?.arguments?.map(({ name: argument, value }) => [
      argument.value,
      value,
    ]),
  )
  const plural = given.get('plural')
  const queries = given.get('queries')
  const listed = queries?.kind === Kind.LIST ? queries.values : queries ? [queries] : undefined
  return {
    name,
    type,
    events,
    plural: plural?.kind === Kind.STRING ? plural.value : `${lowerFirst(name)}s`,
    queries: QUERIES.filter(
      (kind) => !listed || listed.some((value) => value.kind === Kind.ENUM && value.value === kind),
    ),
  }
}

function fieldsOf(
  definitions: readonly DefinitionNode[],
  operation: Operation,
): FieldDefinitionNode[] {
  return definitions
    .filter((node) => node.kind === Kind.OBJECT_TYPE_EXTENSION)
    .filter(({ name }) => name.value === operation)
    .flatMap(({ fields = [] }) => fields)
}

export function isType(node: DefinitionNode): node is TypeNode {
  return isObject(node) || isInput(node) || node.kind === Kind.ENUM_TYPE_DEFINITION
}

function isObject(node: DefinitionNode): node is ObjectTypeDefinitionNode {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION
}

function isInput(node: DefinitionNode): node is InputObjectTypeDefinitionNode {
  return node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION
}

export function directive({ directives = [] }: TypeNode | FieldDefinitionNode, name: string) {
  return directives.find((one) => one.name.value === name)
}

/** Returns the name of a type, or of a list's items. */
export function nameOf(type: TypeReference): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type)
}

/** Returns a name with a lowercase first letter: `Product` becomes `product`. */
export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}
