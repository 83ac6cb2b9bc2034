import {
  type GraphQLError,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
} from 'graphql'
import type { UnknownObject } from '../../json.ts'
import { type AppSyncError, locationsOf } from './error-format.ts'
import { Refusal } from './refusal.ts'

/**
 * Returns the variables' values, coerced to their types.
 * @throws Refusal if a value does not fit its type
 */
export function variableValues(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: UnknownObject,
): UnknownObject {
  const { errors, coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], given)
  if (errors) throw new Refusal(errors.map(variableError))
  return coerced
}

/**
 * Returns a field's arguments as AppSync passes them. An argument that is bound to an absent
 * variable is null, not absent (https://github.com/aws/aws-appsync-community/issues/348).
 */
export function fieldArguments(
  args: UnknownObject,
  { fieldNodes, variableValues }: Pick<GraphQLResolveInfo, 'fieldNodes' | 'variableValues'>,
): UnknownObject {
  const nulls = (fieldNodes[0]?.arguments ?? []).filter(
    ({ name, value }) =>
      value.kind === Kind.VARIABLE &&
      !(value.name.value in variableValues) &&
      !(name.value in args),
  )
  return { ...args, ...Object.fromEntries(nulls.map(({ name }) => [name.value, null])) }
}

function variableError(error: GraphQLError): AppSyncError {
  return { path: null, locations: locationsOf(error), message: reason(error.message) }
}

function reason(message: string): string {
  const variable = /^Variable "\$(\w+)"/.exec(message)?.[1] ?? ''
  const [, required] =
    /of (?:required|non-null) type "([^"]+)" (?:was not provided|must not be null)\.$/.exec(
      message,
    ) ??
    /Expected non-nullable type "([^"]+)" not to be null\.$/.exec(message) ??
    []
  if (required)
    return `Variable '${variable}' has coerced Null value for NonNull type '${required}'`
  const [, unknown, type] = /Field "(\w+)" is not defined by type "(\w+)"/.exec(message) ?? []
  if (unknown) {
    return `The variables input contains a field name '${unknown}' that is not defined for input object type '${type}' `
  }
  return `Variable '${variable}' has an invalid value. ${message.replace(/^Variable "\$\w+" /, 'It ')}`
}
