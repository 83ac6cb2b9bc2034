import type { GraphQLSchema } from 'graphql'
import type { ApiDefinition } from './api-definition.ts'
import { Documents } from './execution/document.ts'
import { UnitResolver } from './execution/unit-resolver.ts'
import type { AppSyncLog } from './log.ts'
import { apiSchema } from './schema/schema.ts'

/** A loaded API: its schema is valid and its scripts compile. */
export interface Api {
  readonly api: ApiDefinition
  readonly schema: GraphQLSchema
  readonly documents: Documents
  /** The resolvers by `Type.field`. */
  readonly resolvers: ReadonlyMap<string, UnitResolver>
}

/**
 * Loads an API.
 * @throws Error that names the part of the API that AppSync would reject
 */
export function loadApi(api: ApiDefinition, log: AppSyncLog): Api {
  const resolvers = api.resolvers.map((definition): [string, UnitResolver] => [
    `${definition.typeName}.${definition.fieldName}`,
    new UnitResolver(api, definition, log),
  ])
  const schema = apiSchema(api)
  const documents = new Documents(schema, api.introspection)
  return { api, schema, documents, resolvers: new Map(resolvers) }
}
