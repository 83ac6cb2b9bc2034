import { randomBytes } from 'node:crypto'
import { createContext, Script as VmScript } from 'node:vm'
import type { Sandbox, sandbox } from './sandbox/index.ts'
import type { ScriptHost } from './script-outcome.ts'

/** Milliseconds that loading a script may take. */
const LOADING_TIME = 1000

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
  const context: { load?: () => void } = {}
  createContext(context, { codeGeneration: { strings: false, wasm: false } })
  const evaluate = (source: string, filename = 'sandbox.js') =>
    new VmScript(source, { filename }).runInContext(context)
  const create: typeof sandbox = evaluate(`(() => {${sandboxCode}\nreturn sandbox.sandbox})()`)
  const load = evaluate(
    `((require, exports) => { const module = { exports }; (() => {${code}\n})(); Object.assign(exports, module.exports) })`,
    name,
  )
  let loaded: Sandbox | undefined
  context.load = () => {
    delete context.load
    loaded = create(hostWith(log), load)
  }
  // The context stops what takes too long, which it can do only for scripts: so this is one.
  new VmScript('load()').runInContext(context, { timeout: LOADING_TIME })
  if (!loaded) throw new Error('The script was not loaded')
  return loaded
}

function hostWith(log: ScriptHost['log']): ScriptHost {
  return {
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
    base64Encode: (text) => Buffer.from(text).toString('base64'),
    base64Decode: (base64) => Buffer.from(base64, 'base64').toString(),
    log,
  }
}
