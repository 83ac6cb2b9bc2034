import { randomUUID } from 'node:crypto'
import {
  type ConstDirectiveNode,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql'
import type { ApiDefinition } from '../appsync/api-definition.ts'
import { apiSchema } from '../appsync/schema/schema.ts'
import type { Starter } from './console-windows.ts'

/** Plausible values by the name of a scalar. The value of an ID is new, and the user replaces it. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  Int: 3,
  Float: 1.5,
  Boolean: true,
  String: 'text',
  AWSDate: '2030-01-31',
  AWSTime: '12:00:00.000Z',
  AWSDateTime: '2030-01-31T12:00:00.000Z',
  AWSTimestamp: 1_895_961_600,
  AWSEmail: 'someone@example.com',
  AWSJSON: '{}',
  AWSURL: 'https://example.com',
  AWSPhone: '+12065550100',
  AWSIPAddress: '192.0.2.1',
}

/** The directives that admit a mode of the API to a field or a type. */
const MODES = [
  'aws_api_key',
  'aws_auth',
  'aws_cognito_user_pools',
  'aws_iam',
  'aws_lambda',
  'aws_oidc',
]

/** How deep a selection follows objects: the items of a page, and an object in each of them. */
const DEPTH = 3

/**
 * Returns the operations that the console opens: the commands, queries and feeds for clients, one
 * resource after the other. An operation has all required arguments as variables, with plausible
 * values, and selects every field that needs no argument.
 */
export function starters(api: ApiDefinition): Starter[] {
  const schema = apiSchema(api)
  const isForClients = clientsOf(api)
  const operations = [
    { kind: 'mutation', root: schema.getMutationType() },
    { kind: 'query', root: schema.getQueryType() },
    { kind: 'subscription', root: schema.getSubscriptionType() },
  ].flatMap(({ kind, root }) =>
    root
      ? Object.values(root.getFields())
          .filter((field) => isForClients(root, field))
          .map((field) => ({ kind, field }))
      : [],
  )
  const resources = [...new Set(operations.map(({ field }) => resourceOf(schema, field)))]
  const sampleId = randomUUID()
  return resources.flatMap((resource) =>
    operations
      .filter(({ field }) => resourceOf(schema, field) === resource)
      .map(({ kind, field }) => starter(kind, field, sampleId, isForClients)),
  )
}

/** Returns the resource of a field: Product for the types Product, ProductPage and ProductEvent. */
function resourceOf(schema: GraphQLSchema, { type }: GraphQLField<unknown, unknown>): string {
  const { name } = getNamedType(type)
  const resource = name.replace(/(Page|Event)$/, '')
  return schema.getType(resource) === undefined ? name : resource
}

/** Whether clients may read a field of a type. */
type IsForClients = (parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>) => boolean

/**
 * Returns whether clients may use a field and its type. The console has an API key or a user, so it
 * skips what only signed callers may use.
 */
function clientsOf({ authProviders: [first] }: ApiDefinition): IsForClients {
  const byDefault = first?.mode !== 'AWS_IAM'
  return (parent, { astNode, type }) => {
    const named = getNamedType(type)
    const ofType = isObjectType(named) ? (admitsClients(named.astNode) ?? byDefault) : true
    return ofType && (admitsClients(astNode) ?? admitsClients(parent.astNode) ?? byDefault)
  }
}

/** Whether directives admit a mode of clients; undefined without directives of modes. */
function admitsClients(
  node: { readonly directives?: readonly ConstDirectiveNode[] } | null | undefined,
): boolean | undefined {
  const modes = (node?.directives ?? [])
    .map(({ name }) => name.value)
    .filter((name) => MODES.includes(name))
  return modes.length > 0 ? modes.some((mode) => mode !== 'aws_iam') : undefined
}

function starter(
  operation: string,
  { name, args, type }: GraphQLField<unknown, unknown>,
  sampleId: string,
  isForClients: IsForClients,
): Starter {
  const required = args.filter(isRequiredArgument)
  const declarations = required.map((argument) => `$${argument.name}: ${argument.type}`)
  const passed = required.map((argument) => `${argument.name}: $${argument.name}`)
  const list = (items: readonly string[]) => (items.length > 0 ? `(${items.join(', ')})` : '')
  return {
    title: name,
    query: `${operation} ${name}${list(declarations)} {\n  ${name}${list(passed)}${selection(type, isForClients)}\n}\n`,
    variables: Object.fromEntries(
      required.map((argument) => [argument.name, sample(argument.type, sampleId)]),
    ),
  }
}

/** Returns the selection of an output type, with its braces. Empty for a type without fields. */
function selection(type: GraphQLOutputType, isForClients: IsForClients, depth = 1): string {
  const named = getNamedType(type)
  if (!isObjectType(named)) return ''
  const lines = Object.values(named.getFields())
    .filter((field) => isForClients(named, field) && !field.args.some(isRequiredArgument))
    .flatMap((field) => {
      if (isLeafType(getNamedType(field.type))) return [field.name]
      const inner = depth < DEPTH ? selection(field.type, isForClients, depth + 1) : ''
      return inner === '' ? [] : [`${field.name}${inner}`]
    })
  const indent = '  '.repeat(depth)
  return lines.length === 0
    ? ''
    : ` {\n${lines.map((line) => `${indent}  ${line}\n`).join('')}${indent}}`
}

function sample(type: GraphQLInputType, sampleId: string): unknown {
  if (isNonNullType(type)) return sample(type.ofType, sampleId)
  if (isListType(type)) return [sample(type.ofType, sampleId)]
  if (isEnumType(type)) return type.getValues()[0]?.name
  if (!isInputObjectType(type)) return type.name === 'ID' ? sampleId : (SAMPLES[type.name] ?? '')
  const required = Object.values(type.getFields()).filter(isRequiredInputField)
  return Object.fromEntries(required.map((field) => [field.name, sample(field.type, sampleId)]))
}
