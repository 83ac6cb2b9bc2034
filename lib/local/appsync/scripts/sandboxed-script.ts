import { randomBytes } from 'node:crypto'
import { createContext, Script as VmScript } from 'node:vm'
import type { Sandbox, sandbox } from './sandbox/index.ts'
import type { ScriptHost } from './script-outcome.ts'
import { GUARD } from './script-rules.ts'

/** The most milliseconds for work without a guard: loading a script, a regular expression. */
const LIMIT = 1000

/** An AppSync script that can be loaded into a sandbox. */
export interface ScriptSource {
  /** The script's origin, for its errors. */
  readonly name: string
  /** A CommonJS module. */
  readonly code: string
}

/**
 * Loads a script into its own context, without access to Node.js.
 * @param sandboxCode defines `sandbox`: the framework's part of the sandbox as one script
 * @throws the errors that the script throws while it loads
 */
export function loadSandboxed(
  { name, code }: ScriptSource,
  sandboxCode: string,
  log: ScriptHost['log'],
): Sandbox {
  const context = createContext({}, { codeGeneration: { strings: false, wasm: false } })
  const evaluate = (source: string, filename = 'sandbox.js') =>
    new VmScript(source, { filename }).runInContext(context)
  const create: typeof sandbox = evaluate(`(() => {${sandboxCode}\nreturn sandbox.sandbox})()`)
  const load = evaluate(
    `((require, exports, ${GUARD}) => { const module = { exports }; (() => {${code}\n})(); Object.assign(exports, module.exports) })`,
    name,
  )
  return limited(() => create(hostWith(log), load))
}

/** Runs work with a time limit. A context can limit only scripts, so the work runs inside one. */
function limited<T>(work: () => T): T {
  const done: T[] = []
  const context = createContext({ work: () => done.push(work()) })
  new VmScript('work()').runInContext(context, { timeout: LIMIT })
  const [result] = done
  if (result === undefined) throw new Error('The work has no result')
  return result
}

function hostWith(log: ScriptHost['log']): ScriptHost {
  return {
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
    base64Encode: (text) => Buffer.from(text).toString('base64'),
    base64Decode: (base64) => Buffer.from(base64, 'base64').toString(),
    log,
    limited,
  }
}
