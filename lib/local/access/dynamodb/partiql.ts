import { keyText } from './leading-keys.ts'

/** A PartiQL statement, as policies see it. */
export interface PartiQLCall {
  readonly action: 'PartiQLSelect' | 'PartiQLInsert' | 'PartiQLUpdate' | 'PartiQLDelete'
  /** Undefined: the statement names no table, and DynamoDB rejects it. */
  readonly table: string | undefined
  readonly index: string | undefined
  /** Returns the values that the statement compares with an attribute, or inserts for it. */
  valuesOf(attribute: string): string[]
}

interface Token {
  readonly kind: 'name' | 'text' | 'symbol'
  readonly text: string
  readonly isQuoted: boolean
}

const ACTIONS = {
  DELETE: { action: 'PartiQLDelete', before: 'FROM' },
  EXISTS: { action: 'PartiQLSelect', before: 'FROM' },
  INSERT: { action: 'PartiQLInsert', before: 'INTO' },
  SELECT: { action: 'PartiQLSelect', before: 'FROM' },
  UPDATE: { action: 'PartiQLUpdate', before: 'UPDATE' },
} as const

/**
 * Reads the action and the table of a statement. An unknown statement counts as a SELECT of no
 * table.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
 */
export function partiqlCall(statement: string, parameters: readonly unknown[]): PartiQLCall {
  const tokens = tokensOf(statement)
  const first = tokens[0]?.text.toUpperCase() ?? ''
  const known = Object.entries(ACTIONS).find(([verb]) => verb === first)?.[1] ?? ACTIONS.SELECT
  const start = tokens.findIndex(
    ({ text, isQuoted }) => !isQuoted && text.toUpperCase() === known.before,
  )
  const [table, dot, index] = start < 0 ? [] : tokens.slice(start + 1)
  return {
    action: known.action,
    table: table?.kind === 'name' ? table.text : undefined,
    index: dot?.text === '.' && index?.kind === 'name' ? index.text : undefined,
    valuesOf: (attribute) => valuesOf(tokens, attribute, parameters),
  }
}

function tokensOf(statement: string): Token[] {
  const pattern = /'((?:[^']|'')*)'|"((?:[^"]|"")*)"|([\w-]+)|([^\s\w])/g
  return [...statement.matchAll(pattern)].map(([, text, quoted, word, symbol]): Token => {
    if (text !== undefined)
      return { kind: 'text', text: text.replaceAll("''", "'"), isQuoted: true }
    const name = quoted?.replaceAll('""', '"') ?? word
    return name === undefined
      ? { kind: 'symbol', text: symbol ?? '', isQuoted: false }
      : { kind: 'name', text: name, isQuoted: quoted !== undefined }
  })
}

/**
 * Finds `attribute = value`, `attribute IN [values]` and `'attribute': value`. With OR, other values
 * may match as well.
 */
function valuesOf(tokens: readonly Token[], attribute: string, parameters: readonly unknown[]) {
  if (tokens.some(({ text, isQuoted }) => !isQuoted && text.toUpperCase() === 'OR')) return []
  const valueAt = (at: number): string | undefined => {
    const token = tokens[at]
    if (token?.text !== '?' || token.isQuoted) return token?.text
    const earlier = tokens.slice(0, at).filter(({ text, isQuoted }) => text === '?' && !isQuoted)
    return keyText(parameters[earlier.length])
  }
  return tokens.flatMap(({ kind, text }, at) => {
    const operator = tokens[at + 1]?.text.toUpperCase() ?? ''
    if (kind === 'symbol' || text !== attribute) return []
    if (operator === '=' || operator === ':') return valueAt(at + 2) ?? []
    if (operator !== 'IN') return []
    const end = tokens.findIndex((token, place) => place > at && [']', ')'].includes(token.text))
    return tokens
      .slice(at + 3, end)
      .flatMap((token, place) => (token.text === ',' ? [] : (valueAt(at + 3 + place) ?? [])))
  })
}
