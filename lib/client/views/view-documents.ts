import type { GraphQLRequest } from '../transport.ts'
import type { Position } from './position.ts'

/** A view's field in the schema, and the fields to read. */
export interface ViewDocument {
  readonly field: string
  /** The GraphQL type of each argument, by name. */
  readonly types: Readonly<Record<string, string>>
  readonly selection: string
}

/** The arguments that have the same type in each view. */
const SHARED = { limit: 'Int', nextToken: 'String', descending: 'Boolean', after: 'ViewPosition' }

/**
 * Returns the query of a view.
 * @throws TypeError for an argument without a type
 */
export function viewRequest(
  { field, types, selection }: ViewDocument,
  args: object,
  after: Position | undefined,
): GraphQLRequest {
  const all: Readonly<Record<string, string>> = { ...SHARED, ...types }
  const position = after && { id: after.id, version: after.version }
  // AppSync takes a declared variable without a value for null.
  const given = Object.entries({ ...args, after: position }).filter(
    ([, value]) => value !== undefined,
  )
  const declared = given.map(([name]) => `$${name}: ${typeOf(name)}`)
  const passed = given.map(([name]) => `${name}: $${name}`)
  const head = declared.length > 0 ? `query (${declared.join(', ')})` : 'query'
  const call = passed.length > 0 ? `${field}(${passed.join(', ')})` : field
  return { query: `${head} { ${call} { ${selection} } }`, variables: Object.fromEntries(given) }

  function typeOf(name: string): string {
    const type = all[name]
    if (type !== undefined) return type
    throw new TypeError(
      `The argument ${name} of ${field} has no type: add it to arguments, as in the schema`,
    )
  }
}
