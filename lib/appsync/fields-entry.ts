import { fieldsOf } from './fields-of.ts'
import { resolverHandler } from './resolver-handler.ts'

/**
 * Makes the handler of a resolver function. Its entry is generated at synth.
 * @param file a file like resolvers/shopping/commands.ts
 */
export function handlerOf(file: Readonly<Record<string, unknown>>) {
  return resolverHandler(fieldsOf(file))
}
