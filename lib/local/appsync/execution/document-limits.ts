import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  Lexer,
  type ParseOptions,
  type SelectionSetNode,
  Source,
  TokenKind,
} from 'graphql'

/**
 * The most tokens and levels of a document: the defaults of graphql-java, on which AppSync is
 * built. Without them, a document of 1 MB can hold up the server or overflow its stack.
 * https://github.com/graphql-java/graphql-java/blob/master/src/main/java/graphql/parser/ParserOptions.java
 */
const TOKENS = 15_000
const LEVELS = 500
/**
 * The most fields of a document after each fragment has replaced its spreads. Thirty fragments that
 * spread each other twice have 2³⁰ fields.
 */
const FIELDS = 15_000

export const PARSE_LIMITS: ParseOptions = { maxTokens: TOKENS }

const OPENING: readonly string[] = [TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]
const CLOSING: readonly string[] = [TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]

/**
 * Checks the nesting of a text before it is parsed: the parser recurses on each level.
 * @throws GraphQLError
 */
export function checkNesting(query: string): void {
  const lexer = new Lexer(new Source(query))
  let level = 0
  for (let count = 0; count < TOKENS && lexer.token.kind !== TokenKind.EOF; count += 1) {
    const { kind } = lexer.advance()
    if (OPENING.includes(kind)) level += 1
    if (CLOSING.includes(kind)) level -= 1
    if (level > LEVELS) throw tooLarge(`more than ${LEVELS} levels`)
  }
}

/** Returns the error of a valid document whose fragments make it too large or too deep. */
export function expansionError({ definitions }: DocumentNode): GraphQLError | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      fragments.set(definition.name.value, definition)
  }
  const known = new Map<string, Size>()
  const sizeOf = (set: SelectionSetNode | undefined): Size => {
    const total = { fields: 0, levels: 0 }
    for (const selection of set?.selections ?? []) {
      const isField = selection.kind === Kind.FIELD
      const inner =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? sizeOfFragment(selection.name.value)
          : sizeOf(selection.selectionSet)
      total.fields += inner.fields + (isField ? 1 : 0)
      total.levels = Math.max(total.levels, inner.levels + (isField ? 1 : 0))
    }
    return total
  }
  const sizeOfFragment = (name: string): Size => {
    const size = known.get(name) ?? sizeOf(fragments.get(name)?.selectionSet)
    known.set(name, size)
    return size
  }
  for (const definition of definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    const { fields, levels } = sizeOf(definition.selectionSet)
    if (fields > FIELDS) return tooLarge(`more than ${FIELDS} fields`)
    if (levels > LEVELS) return tooLarge(`more than ${LEVELS} levels`)
  }
  return undefined
}

interface Size {
  readonly fields: number
  readonly levels: number
}

function tooLarge(what: string): GraphQLError {
  return new GraphQLError(`The document has ${what}: send several smaller documents`)
}
