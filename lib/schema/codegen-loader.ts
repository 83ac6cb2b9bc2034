import { type DocumentNode, parse } from 'graphql'
import { expandedSchema } from './index.ts'

/** A loader of the GraphQL code generator: from the folder of the parts to the complete schema. */
export default function load(resolvers: string): DocumentNode {
  return parse(expandedSchema(resolvers))
}
