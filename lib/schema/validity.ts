import {
  type ASTNode,
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  GraphQLDeprecatedDirective,
  type GraphQLError,
  parse,
  validateSchema,
} from 'graphql'
import { APPSYNC_DIRECTIVES, APPSYNC_SCALARS } from './model.ts'
import { type Part, placeOf } from './part.ts'

/** AppSync's own scalars and directives, without the rules for their use. */
const DECLARATIONS = [
  ...APPSYNC_SCALARS.map((name) => `scalar ${name}`),
  ...APPSYNC_DIRECTIVES.filter((name) => name !== GraphQLDeprecatedDirective.name).map(
    (name) =>
      `directive @${name}(mutations: [String], cognito_groups: [String]) on FIELD_DEFINITION | OBJECT`,
  ),
].join('\n')

/**
 * Returns the rules of GraphQL that a schema breaks, one sentence each. A sentence names the file
 * and line in the domains' parts that lead to the mistake.
 * @param schema the text that the parts expand to
 */
export function invalidities(schema: string, parts: readonly Part[]): string[] {
  const document = parse(`${schema}\n${DECLARATIONS}`)
  try {
    return validateSchema(buildASTSchema(document)).map(
      (error) => `${error.message}${placeIn(document, parts, error)}`,
    )
  } catch (error) {
    // graphql-js joins the mistakes of this kind, and does not return their nodes.
    if (!(error instanceof Error)) throw error
    return error.message.split('\n\n').map((sentence) => `${sentence} (resolvers/*/schema.graphql)`)
  }
}

/** Returns the place in a part of the type or field that an error is about. */
function placeIn(document: DocumentNode, parts: readonly Part[], { nodes }: GraphQLError): string {
  const offset = nodes?.[0]?.loc?.start ?? -1
  const type = document.definitions.find((node) => covers(node, offset))
  const name = type && nameOf(type)
  if (type === undefined || name === undefined) return ''
  const member = membersOf(type).find((node) => covers(node, offset))
  const candidates = parts.flatMap((part) =>
    part.document.definitions
      .filter((node) => nameOf(node) === name)
      .map((node) => ({ part, node, member: membersOf(node).find(sameName(member)) })),
  )
  const found = candidates.find((candidate) => candidate.member) ?? candidates[0]
  return found ? ` (${placeOf(found.member ?? found.node, found.part)})` : ''
}

type Named = ASTNode & { readonly name: { readonly value: string } }

function membersOf(node: DefinitionNode): readonly Named[] {
  if ('fields' in node) return node.fields ?? []
  return 'values' in node ? (node.values ?? []) : []
}

function nameOf(node: DefinitionNode): string | undefined {
  return 'name' in node ? node.name?.value : undefined
}

function sameName(wanted: Named | undefined) {
  return ({ name }: Named) => name.value === wanted?.name.value
}

function covers({ loc }: ASTNode, offset: number): boolean {
  return loc !== undefined && loc.start <= offset && offset < loc.end
}
