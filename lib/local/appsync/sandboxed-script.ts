import { randomBytes } from 'node:crypto'
import { createContext, Script as VmScript } from 'node:vm'
import type { Sandbox, sandbox } from './sandbox/index.ts'
import type { ScriptHost } from './script-outcome.ts'
import { GUARD } from './script-rules.ts'

/** Milliseconds that what cannot be guarded may take: loading a script, a regular expression. */
const LIMIT = 1000

/** A script of AppSync's that can be loaded into a sandbox. */
export interface ScriptSource {
  /** Where it comes from, for its errors. */
  readonly name: string
  /** A CommonJS module. */
  readonly code: string
}

/**
 * Loads a script into a context of its own, without anything of Node.js.
 * @param sandboxCode defines `sandbox`: the sandbox's own part as one script
 * @throws whatever the script throws while it is loaded
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

/** Does work that is stopped if it takes too long, which a context can do only for scripts. */
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
