import { showCheck } from '../schema-check/commit-check.ts'
import { type ApiResource, prepareResources } from './api-resource.ts'
import { builtInQueries } from './built-in-queries.ts'
import { type Fields, fieldsOf } from './field.ts'
import { resolverHandler } from './resolver-handler.ts'

export interface FieldsParts {
  /**
   * The exports of a file like resolvers/shopping/commands.ts. Absent: the domain has no such file.
   */
  readonly file?: Readonly<Record<string, unknown>>
  /** The domain's resources. */
  readonly resources: readonly ApiResource[]
  /** Whether the function answers the built-in queries of these resources. */
  readonly builtIn: boolean
}

/**
 * Returns the handler of a resolver function, and binds the resources to their tables. Synth
 * generates the function's entry file, which imports the domain's files and calls this function:
 * lib/infrastructure/functions/field-functions.ts.
 */
export function handlerOf({ file, resources, builtIn }: FieldsParts) {
  prepareResources(resources)
  const fields: Fields = Object.assign(
    {},
    ...(builtIn
      ? resources.map(({ name, resourceClass, queries, types, ...presentation }) =>
          builtInQueries(resourceClass, queries, showCheck(name, presentation, types)),
        )
      : []),
    file && fieldsOf(file),
  )
  return resolverHandler(fields)
}
