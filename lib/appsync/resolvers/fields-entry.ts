import { type ApiResource, prepareResources } from './api-resource.ts'
import { builtInQueries } from './built-in-queries.ts'
import { type Fields, fieldsOf } from './field.ts'
import { resolverHandler } from './resolver-handler.ts'

export interface FieldsParts {
  /** A file like resolvers/shopping/commands.ts. Absent: there is none. */
  readonly file?: Readonly<Record<string, unknown>>
  /** The resources of its domain. */
  readonly resources: readonly ApiResource[]
  /** Whether the function answers the built-in queries of these resources. */
  readonly builtIn: boolean
}

/** Makes the handler of a resolver function. Its entry is generated at synth. */
export function handlerOf({ file, resources, builtIn }: FieldsParts) {
  prepareResources(resources)
  const fields: Fields = Object.assign(
    {},
    ...(builtIn
      ? resources.map(({ resourceClass, queries }) => builtInQueries(resourceClass, queries))
      : []),
    file && fieldsOf(file),
  )
  return resolverHandler(fields)
}
