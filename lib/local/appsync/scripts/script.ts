import { fileURLToPath } from 'node:url'
import { buildSync, transformSync } from 'esbuild'
import { LRUCache } from 'lru-cache'
import { isObject } from '../../json.ts'
import type { Sandbox } from './sandbox/index.ts'
import { loadSandboxed } from './sandboxed-script.ts'
import type { ScriptHost, ScriptOutcome } from './script-outcome.ts'
import { guarded } from './script-rules.ts'

/**
 * An APPSYNC_JS script, in its own context without access to Node.js. Input and output are JSON, as
 * on AppSync.
 */
export class Script {
  readonly #sandbox: Sandbox

  /**
   * @param name the script's origin, for its errors
   * @throws Error if the script cannot be loaded, or if AppSync does not allow its syntax
   */
  constructor(name: string, code: string, log: ScriptHost['log']) {
    this.#sandbox = loaded(name, code, log)
    for (const handler of ['request', 'response']) {
      if (!this.#sandbox.handlers.includes(handler)) {
        throw new Error(`The script of ${name} does not export the function ${handler}`)
      }
    }
  }

  /**
   * Runs a handler. Never throws: a failure or a timeout of the script is also an outcome.
   * @param authType the answer of `util.authType()`
   */
  run(handler: 'request' | 'response', context: object, authType: string): ScriptOutcome {
    try {
      return JSON.parse(this.#sandbox.run(handler, JSON.stringify(context), authType))
    } catch (error) {
      return { end: 'crash', message: String(error), stash: {}, appended: [] }
    }
  }
}

function loaded(name: string, code: string, log: ScriptHost['log']): Sandbox {
  try {
    return loadSandboxed({ name, code: asCommonJs(code) }, sandboxCode(), log)
  } catch (cause) {
    throw new Error(`The script of ${name} cannot be loaded: ${messageOf(cause)}`, { cause })
  }
}

/** Scripts as CommonJS modules. Most resolvers of an API have the same code. */
const modules = new LRUCache<string, string>({ max: 100 })

/** Returns a script as a CommonJS module, with the guards of its loops. */
function asCommonJs(code: string): string {
  const known = modules.get(code)
  if (known !== undefined) return known
  // A call starts a process of the bundler.
  const module = transformSync(guarded(code), { format: 'cjs' }).code
  modules.set(code, module)
  return module
}

let builtSandbox: string | undefined

/** Returns the framework's part of a script's context, as one script that defines `sandbox`. */
function sandboxCode(): string {
  builtSandbox ??= buildSync({
    entryPoints: [fileURLToPath(new URL('./sandbox/index.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'neutral',
    globalName: 'sandbox',
    target: 'es2022',
  }).outputFiles[0]?.text
  return builtSandbox ?? ''
}

/**
 * Returns the message of an error. An error of the sandbox is not an instance of this context's
 * Error.
 */
function messageOf(cause: unknown): string {
  return isObject(cause) && typeof cause.message === 'string' ? cause.message : String(cause)
}
