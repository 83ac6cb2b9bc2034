import { type AnyNode, parse, type Token } from 'acorn'

/**
 * The function that a guarded script calls in each function and loop. Ends a script that takes too
 * long.
 */
export const GUARD = '__withinTime'

/**
 * The functions that replace operators which differ on AppSync: null and undefined are the same
 * value, and `??` evaluates its right side even if it does not need it.
 * https://github.com/aws/aws-appsync-community/issues/305
 * https://github.com/aws/aws-appsync-community/issues/403
 */
const OPERATORS: Readonly<Record<string, { readonly name: string; readonly code: string }>> = {
  '===': { name: '__same', code: '(a, b) => a === b || (a ?? b ?? null) === null' },
  '!==': { name: '__differ', code: '(a, b) => a !== b && (a ?? b ?? null) !== null' },
  '??': { name: '__either', code: '(a, b) => a ?? b' },
}

/** Declares the functions of {@link OPERATORS}, on the script's first line. */
const DECLARATIONS = Object.values(OPERATORS)
  .map(({ name, code }) => `const ${name} = ${code};`)
  .join('')

/**
 * Syntax that the APPSYNC_JS runtime rejects, although this runtime could run it. AppSync's own
 * lint (`npm run lint`) checks the rest.
 * https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html
 */
const REFUSED: Partial<Record<AnyNode['type'], string>> = {
  AwaitExpression: 'async and await',
  CatchClause: 'try and catch: use util.error',
  ClassDeclaration: 'classes, new and this',
  ClassExpression: 'classes, new and this',
  ContinueStatement: 'continue',
  DoWhileStatement: 'while loops: use for…of or array functions',
  ForStatement: 'for (;;) loops: use for…in, for…of or array functions',
  LabeledStatement: 'labels',
  NewExpression: 'classes, new and this',
  ThisExpression: 'classes, new and this',
  ThrowStatement: 'throw: use util.error',
  TryStatement: 'try and catch: use util.error',
  UpdateExpression: '++ and --: use += 1',
  WhileStatement: 'while loops: use for…of or array functions',
  YieldExpression: 'generators',
}

/** https://github.com/aws/aws-appsync-community/issues/353 */
const LOGICAL_ASSIGNMENTS: readonly string[] = ['??=', '||=', '&&=']

/** A change of a script's text. Changes at one place are ordered by their ranks. */
interface Edit {
  readonly at: number
  /** The characters to remove. Default: 0. */
  readonly removed?: number
  readonly text: string
  readonly rank: number
}

/**
 * Returns the script as AppSync would run it: with AppSync's equality and `??`, and with a call of
 * {@link GUARD} in each function and each loop.
 * @throws SyntaxError
 * @throws Error that names the syntax in the script that AppSync does not allow
 */
export function guarded(code: string): string {
  const tokens: Token[] = []
  const program = parse(code, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    locations: true,
    onToken: tokens,
  })
  const operatorAt = (from: number, to: number, operator: string) =>
    tokens.find(
      ({ start, end }) => start >= from && start < to && code.slice(start, end) === operator,
    )
  const refused = new Map<string, number>()
  const edits: Edit[] = []
  let rank = 0
  for (const node of nodesIn(program)) {
    const what = whatIsRefused(node)
    if (what && !refused.has(what)) refused.set(what, node.loc?.start.line ?? 0)
    rank += 1
    edits.push(...guardOf(node, rank), ...operatorOf(node, operatorAt, rank))
  }
  if (refused.size > 0) {
    const all = [...refused].map(([what, line]) => `${what} (line ${line})`)
    throw new Error(`APPSYNC_JS does not support ${all.join('; ')}`)
  }
  return DECLARATIONS + edited(code, edits)
}

function guardOf(node: AnyNode, rank: number): readonly Edit[] {
  const body = repeatedPart(node)
  if (!body) return []
  if (body.type === 'BlockStatement') return [{ at: body.start + 1, text: `${GUARD}();`, rank }]
  const isArrow = node.type === 'ArrowFunctionExpression'
  const [begin, end] = isArrow ? [`(${GUARD}(), `, ')'] : [`{${GUARD}();`, '}']
  return around(body, begin, end, rank)
}

/** Turns `a === b` into a call of a function with `a` and `b`. */
function operatorOf(
  node: AnyNode,
  operatorAt: (from: number, to: number, operator: string) => Token | undefined,
  rank: number,
): readonly Edit[] {
  if (node.type !== 'BinaryExpression' && node.type !== 'LogicalExpression') return []
  const { left, right, operator } = node
  const replacement = OPERATORS[operator]
  const token = operatorAt(left.end, right.start, operator)
  if (!replacement || !token) return []
  return [
    ...around(node, `${replacement.name}(`, ')', rank),
    { at: token.start, removed: operator.length, text: ',', rank },
  ]
}

/** Text around a node. At one place, ends come before beginnings, and inner ends before outer. */
function around({ start, end }: AnyNode, before: string, after: string, rank: number) {
  return [
    { at: start, text: before, rank },
    { at: end, text: after, rank: -rank },
  ]
}

function edited(code: string, edits: readonly Edit[]): string {
  let text = ''
  let copied = 0
  for (const { at, removed = 0, text: inserted } of edits.toSorted(
    (one, other) => one.at - other.at || one.rank - other.rank,
  )) {
    text += code.slice(copied, at) + inserted
    copied = at + removed
  }
  return text + code.slice(copied)
}

function* nodesIn(node: AnyNode): Generator<AnyNode> {
  yield node
  for (const [key, value] of Object.entries(node)) {
    // `{ try: 1 }` and `x.try` name a property, not a variable.
    const isName = (key === 'key' || key === 'property') && !('computed' in node && node.computed)
    for (const child of [value].flat()) {
      if (isNode(child) && !isName) yield* nodesIn(child)
    }
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

function whatIsRefused(node: AnyNode): string | undefined {
  if ('async' in node && node.async) return 'async and await'
  if ('generator' in node && node.generator) return 'generators'
  if (node.type === 'Identifier' && node.name === 'Promise') return 'promises'
  if (node.type === 'AssignmentExpression' && LOGICAL_ASSIGNMENTS.includes(node.operator)) {
    return `${node.operator}: write the assignment out`
  }
  if (node.type === 'Literal' && node.regex) return 'regular expressions: use util.matches'
  return REFUSED[node.type]
}

/** Returns the part of a function or a loop that can run repeatedly. */
function repeatedPart(node: AnyNode): AnyNode | undefined {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ForInStatement':
    case 'ForOfStatement':
      return node.body
    default:
      return undefined
  }
}
