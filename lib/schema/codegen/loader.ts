import { type DocumentNode, parse } from 'graphql'
import { expandedSchema } from '../index.ts'

/** Loads the complete schema for the GraphQL code generator from the folder of the parts. */
export default function load(resolvers: string): DocumentNode {
  return parse(expandedSchema(resolvers))
}
