import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLOutputType,
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

/** Sample values by the name of a scalar. The user fills in ids. */
const SAMPLES: Readonly<Record<string, unknown>> = { Int: 3, Float: 1.5, Boolean: true }

/**
 * Returns the operations that the console opens: each command for clients, and each live feed.
 * An operation has all required arguments as variables, and selects every plain field of the
 * answer.
 */
export function starters(api: ApiDefinition): Starter[] {
  const schema = apiSchema(api)
  const commands = Object.values(schema.getMutationType()?.getFields() ?? {})
  const feeds = Object.values(schema.getSubscriptionType()?.getFields() ?? {})
  return [
    ...commands.filter(isForClients).map((field) => starter('mutation', field)),
    ...feeds.map((field) => starter('subscription', field)),
  ]
}

/**
 * Whether clients may call the field. The console has only an API key, so it skips fields that only
 * signed callers may call.
 */
function isForClients({ astNode }: GraphQLField<unknown, unknown>): boolean {
  const names = astNode?.directives?.map(({ name }) => name.value) ?? []
  return !names.includes('aws_iam') || names.includes('aws_api_key')
}

function starter(operation: string, { name, args, type }: GraphQLField<unknown, unknown>): Starter {
  const required = args.filter(isRequiredArgument)
  const declarations = required.map((argument) => `$${argument.name}: ${argument.type}`)
  const passed = required.map((argument) => `${argument.name}: $${argument.name}`)
  const list = (items: readonly string[]) => (items.length > 0 ? `(${items.join(', ')})` : '')
  return {
    title: name,
    query: `${operation} ${name}${list(declarations)} {\n  ${name}${list(passed)}${selection(type)}\n}\n`,
    variables: Object.fromEntries(required.map((argument) => [argument.name, sample(argument)])),
  }
}

function selection(type: GraphQLOutputType): string {
  const named = getNamedType(type)
  if (!isObjectType(named)) return ''
  const leaves = Object.values(named.getFields()).filter((field) =>
    isLeafType(getNamedType(field.type)),
  )
  return ` {\n${leaves.map(({ name }) => `    ${name}\n`).join('')}  }`
}

function sample({ type }: GraphQLArgument | GraphQLInputField): unknown {
  return sampleOf(type)
}

function sampleOf(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return sampleOf(type.ofType)
  if (isListType(type)) return [sampleOf(type.ofType)]
  if (isEnumType(type)) return type.getValues()[0]?.name
  if (!isInputObjectType(type)) return SAMPLES[type.name] ?? ''
  const required = Object.values(type.getFields()).filter(isRequiredInputField)
  return Object.fromEntries(required.map((field) => [field.name, sample(field)]))
}
