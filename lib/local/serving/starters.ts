import { randomUUID } from 'node:crypto'
import {
  type GraphQLField,
  type GraphQLInputType,
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
import type { Starter } from './console.ts'

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

/** How deep a selection follows objects: the items of a page, and an object in each of them. */
const DEPTH = 3

/**
 * Returns the operations that the console opens: the commands, queries and feeds for clients, one
 * resource after the other. An operation has all required arguments as variables, with plausible
 * values, and selects every field that needs no argument.
 */
export function starters(api: ApiDefinition): Starter[] {
  const schema = apiSchema(api)
  const operations = [
    { kind: 'mutation', root: schema.getMutationType() },
    { kind: 'query', root: schema.getQueryType() },
    { kind: 'subscription', root: schema.getSubscriptionType() },
  ].flatMap(({ kind, root }) =>
    Object.values(root?.getFields() ?? {})
      .filter(isForClients)
      .map((field) => ({ kind, field })),
  )
  const resources = [...new Set(operations.map(({ field }) => resourceOf(schema, field)))]
  const sampleId = randomUUID()
  return resources.flatMap((resource) =>
    operations
      .filter(({ field }) => resourceOf(schema, field) === resource)
      .map(({ kind, field }) => starter(kind, field, sampleId)),
  )
}

/** Returns the resource of a field: Product for the types Product, ProductPage and ProductEvent. */
function resourceOf(schema: GraphQLSchema, { type }: GraphQLField<unknown, unknown>): string {
  const { name } = getNamedType(type)
  const resource = name.replace(/(Page|Event)$/, '')
  return schema.getType(resource) === undefined ? name : resource
}

/**
 * Whether clients may use the field and its type. The console has only an API key, so it skips what
 * only signed callers may use.
 */
function isForClients({ astNode, type }: GraphQLField<unknown, unknown>): boolean {
  return [astNode, getNamedType(type).astNode].every((node) => {
    const names = node?.directives?.map(({ name }) => name.value) ?? []
    return !names.includes('aws_iam') || names.includes('aws_api_key')
  })
}

function starter(
  operation: string,
  { name, args, type }: GraphQLField<unknown, unknown>,
  sampleId: string,
): Starter {
  const required = args.filter(isRequiredArgument)
  const declarations = required.map((argument) => `$${argument.name}: ${argument.type}`)
  const passed = required.map((argument) => `${argument.name}: $${argument.name}`)
  const list = (items: readonly string[]) => (items.length > 0 ? `(${items.join(', ')})` : '')
  return {
    title: name,
    query: `${operation} ${name}${list(declarations)} {\n  ${name}${list(passed)}${selection(type)}\n}\n`,
    variables: Object.fromEntries(
      required.map((argument) => [argument.name, sample(argument.type, sampleId)]),
    ),
  }
}

/** Returns the selection of an output type, with its braces. Empty for a type without fields. */
function selection(type: GraphQLOutputType, depth = 1): string {
  const named = getNamedType(type)
  if (!isObjectType(named)) return ''
  const lines = Object.values(named.getFields())
    .filter((field) => isForClients(field) && !field.args.some(isRequiredArgument))
    .flatMap((field) => {
      if (isLeafType(getNamedType(field.type))) return [field.name]
      const inner = depth < DEPTH ? selection(field.type, depth + 1) : ''
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
