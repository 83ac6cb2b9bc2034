import { fileURLToPath } from 'node:url'
import { buildSync, transformSync } from 'esbuild'
import { isJsonObject } from './json.ts'
import type { Sandbox } from './sandbox/index.ts'
import { loadSandboxed } from './sandboxed-script.ts'
import type { ScriptHost, ScriptOutcome } from './script-outcome.ts'
import { guarded } from './script-rules.ts'

/**
 * An APPSYNC_JS script, in a context of its own without anything of Node.js. What goes in and comes
 * out is JSON, as on AppSync.
 */
export class Script {
  readonly #sandbox: Sandbox

  /**
   * @param name where the script comes from, for its errors
   * @throws Error if the script cannot be loaded, or uses what AppSync does not allow
   */
  constructor(name: string, code: string, log: ScriptHost['log']) {
    this.#sandbox = loaded(name, code, log)
    for (const handler of ['request', 'response']) {
      if (!this.#sandbox.handlers.includes(handler)) {
        throw new Error(`The script of ${name} does not export the function ${handler}`)
      }
    }
  }

  /** Runs a handler. Never throws: a script that fails or takes too long is an outcome, too. */
  run(handler: 'request' | 'response', context: object): ScriptOutcome {
    try {
      return JSON.parse(this.#sandbox.run(handler, JSON.stringify(context)))
    } catch (error) {
      return { end: 'crash', message: String(error), stash: {}, appended: [] }
    }
  }
}

function loaded(name: string, code: string, log: ScriptHost['log']): Sandbox {
  try {
    const source = { name, code: transformSync(guarded(code), { format: 'cjs' }).code }
    return loadSandboxed(source, sandboxCode(), log)
  } catch (cause) {
    throw new Error(`The script of ${name} cannot be loaded: ${messageOf(cause)}`, { cause })
  }
}

let builtSandbox: string | undefined

/** The part of ours in the context of a script, as one script that defines `sandbox`. */
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

/** An error of the sandbox is no Error of this side. */
function messageOf(cause: unknown): string {
  return isJsonObject(cause) && typeof cause.message === 'string' ? cause.message : String(cause)
}
