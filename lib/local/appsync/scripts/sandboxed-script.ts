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
  const create: typeof sandbox = compiledSandbox(sandboxCode).runInContext(context)
  const load = new VmScript(
    `((require, exports, ${GUARD}) => { const module = { exports }; (() => {${code}\n})(); Object.assign(exports, module.exports) })`,
    { filename: name },
  ).runInContext(context)
  return limited(() => create(hostWith(log), load))
}

let sandboxScript: { readonly code: string; readonly script: VmScript } | undefined

/** Returns the framework's part, compiled once: each of an API's scripts runs it. */
function compiledSandbox(code: string): VmScript {
  if (sandboxScript?.code !== code) {
    const source = `(() => {${code}\nreturn sandbox.sandbox})()`
    sandboxScript = { code, script: new VmScript(source, { filename: 'sandbox.js' }) }
  }
  return sandboxScript.script
}

/** A context can limit only scripts, so limited work runs inside this one, as its global `work`. */
const limits = createContext({})
const callWork = new VmScript('work()')

/** Runs work with a time limit. Limited work may limit a part of itself. */
function limited<T>(work: () => T): T {
  const done: T[] = []
  limits.work = () => done.push(work())
  callWork.runInContext(limits, { timeout: LIMIT })
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
