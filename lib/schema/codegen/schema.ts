import { expandedSchema } from '../index.ts'

/** A plugin of the GraphQL code generator. Writes the complete schema, with comments. */
export function plugin(_schema: unknown, _documents: unknown, config: { resolvers: string }) {
  return expandedSchema(config.resolvers)
}
