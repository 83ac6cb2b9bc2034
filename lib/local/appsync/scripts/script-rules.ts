import { type AnyNode, parse } from 'acorn'

/**
 * The function that a guarded script calls in each function and loop. Ends a script that takes too
 * long.
 */
export const GUARD = '__withinTime'

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

/**
 * Returns the script with a call of {@link GUARD} in each function and each loop.
 * @throws SyntaxError
 * @throws Error that names the syntax in the script that AppSync does not allow
 */
export function guarded(code: string): string {
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true })
  const refused = new Map<string, number>()
  const insertions: { readonly at: number; readonly text: string }[] = []
  for (const node of nodesIn(program)) {
    const what = whatIsRefused(node)
    if (what && !refused.has(what)) refused.set(what, node.loc?.start.line ?? 0)
    const body = repeatedPart(node)
    if (body?.type === 'BlockStatement') {
      insertions.push({ at: body.start + 1, text: `${GUARD}();` })
    } else if (body) {
      const isArrow = node.type === 'ArrowFunctionExpression'
      const [begin, end] = isArrow ? [`(${GUARD}(), `, ')'] : [`{${GUARD}();`, '}']
      insertions.push({ at: body.start, text: begin }, { at: body.end, text: end })
    }
  }
  if (refused.size > 0) {
    const all = [...refused].map(([what, line]) => `${what} (line ${line})`)
    throw new Error(`APPSYNC_JS does not support ${all.join('; ')}`)
  }
  const fromTheEnd = insertions.sort((one, other) => other.at - one.at)
  return fromTheEnd.reduce(
    (text, { at, text: inserted }) => text.slice(0, at) + inserted + text.slice(at),
    code,
  )
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
