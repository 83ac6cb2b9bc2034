import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { createContext, Script as VmScript } from 'node:vm'
import { buildSync, transformSync } from 'esbuild'
import { isJsonObject } from './json.ts'
import type { Sandbox, sandbox } from './sandbox/index.ts'
import type { ScriptHost, ScriptOutcome } from './script-outcome.ts'
import { checkScript } from './script-rules.ts'

/** Milliseconds that a handler may take. AppSync's own limit is not documented. */
const TIMEOUT = 1000

/**
 * An APPSYNC_JS script, in a context of its own without anything of Node.js. What goes in and comes
 * out is JSON, as on AppSync.
 */
export class Script {
  readonly #context: Record<string, unknown> = {}
  readonly #sandbox: Sandbox
  readonly #step = new VmScript('step()')

  /**
   * @param name where the script comes from, for its errors
   * @throws Error if the script cannot be loaded, or uses what AppSync does not allow
   */
  constructor(name: string, code: string, log: ScriptHost['log']) {
    createContext(this.#context, { codeGeneration: { strings: false, wasm: false } })
    try {
      const module = transformSync(code, { format: 'esm', legalComments: 'none' }).code
      checkScript(module)
      const commonJs = transformSync(module, { format: 'cjs' }).code
      const create: typeof sandbox = this.#evaluate(
        `(() => {${sandboxSource()}\nreturn sandbox.sandbox})()`,
      )
      const load = this.#evaluate(
        `((require, exports) => { const module = { exports }; (() => {${commonJs}\n})(); Object.assign(exports, module.exports) })`,
        name,
      )
      this.#sandbox = this.#timed(() => create(hostWith(log), load))
    } catch (cause) {
      throw new Error(`The script of ${name} cannot be loaded: ${messageOf(cause)}`, { cause })
    }
    for (const handler of ['request', 'response']) {
      if (!this.#sandbox.handlers.includes(handler)) {
        throw new Error(`The script of ${name} does not export the function ${handler}`)
      }
    }
  }

  run(handler: 'request' | 'response', context: object): ScriptOutcome {
    const json = JSON.stringify(context)
    try {
      return JSON.parse(this.#timed(() => this.#sandbox.run(handler, json)))
    } catch (error) {
      return { end: 'crash', message: String(error), stash: {}, appended: [] }
    }
  }

  #evaluate(source: string, filename = 'sandbox.js') {
    return new VmScript(source, { filename }).runInContext(this.#context)
  }

  /** The context stops what takes too long, which it can do only for scripts: so this is one. */
  #timed<T>(work: () => T): T {
    this.#context.step = () => {
      delete this.#context.step
      return work()
    }
    return this.#step.runInContext(this.#context, { timeout: TIMEOUT })
  }
}

function hostWith(log: ScriptHost['log']): ScriptHost {
  return {
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
    base64Encode: (text) => Buffer.from(text).toString('base64'),
    base64Decode: (base64) => Buffer.from(base64, 'base64').toString(),
    log,
  }
}

/** An error of the sandbox is no Error of this side. */
function messageOf(cause: unknown): string {
  return isJsonObject(cause) && typeof cause.message === 'string' ? cause.message : String(cause)
}

let source: string | undefined

/** The sandbox's own part as one script, which defines `sandbox`. */
function sandboxSource(): string {
  if (source === undefined) {
    const [file] = buildSync({
      entryPoints: [fileURLToPath(new URL('./sandbox/index.ts', import.meta.url))],
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'sandbox',
      target: 'es2022',
    }).outputFiles
    source = file?.text ?? ''
  }
  return source
}
