import { type GraphQLError, type GraphQLSchema, getNamedType, isObjectType } from 'graphql'
import { ResolverError } from './resolver-error.ts'

/** An entry of `errors` in AppSync's answer. */
export interface AppSyncError {
  readonly path: readonly (string | number)[] | null
  readonly data?: unknown
  readonly errorType?: string | null
  readonly errorInfo?: unknown
  readonly locations: readonly Location[] | null
  readonly message: string
}

interface Location {
  readonly line: number
  readonly column: number
  readonly sourceName: null
}

/** Returns an execution error in AppSync's form and wording. */
export function fieldError(error: GraphQLError, schema: GraphQLSchema): AppSyncError {
  const path = error.path ?? null
  const cause = error.originalError
  if (cause instanceof ResolverError) {
    return {
      path,
      data: cause.data,
      errorType: cause.errorType,
      errorInfo: cause.errorInfo,
      locations: locationsOf(error),
      message: cause.message,
    }
  }
  return { path, locations: null, message: messageOf(error, schema, path ?? []) }
}

export function locationsOf(error: GraphQLError): readonly Location[] | null {
  return (
    error.locations?.map(({ line, column }) => ({ line, column, sourceName: null as null })) ?? null
  )
}

/** Translates the wording of graphql-js to the wording of AppSync (graphql-java). */
function messageOf(
  { message }: GraphQLError,
  schema: GraphQLSchema,
  path: readonly (string | number)[],
): string {
  const where = path.map((key) => (typeof key === 'number' ? `[${key}]` : `/${key}`)).join('')
  const missing = /^Cannot return null for non-nullable field (\w+)\.(\w+)\.$/.exec(message)
  if (missing) {
    const [, parent = '', name = ''] = missing
    const type = schema.getType(parent)
    const field = isObjectType(type) ? type.getFields()[name] : undefined
    const typeName = field ? getNamedType(field.type).name : 'unknown'
    return `Cannot return null for non-nullable type: '${typeName}' within parent '${parent}' (${where})`
  }
  if (message.startsWith('Expected Iterable')) {
    return `Can't resolve value (${where}) : type mismatch error, expected type LIST`
  }
  return `Can't serialize value (${where}) : ${message}`
}
