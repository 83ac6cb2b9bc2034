import { transformSync } from 'esbuild'
import { isJsonObject } from './json.ts'
import { loadSandboxed, type ScriptSource } from './sandboxed-script.ts'
import type { ScriptHost, ScriptOutcome } from './script-outcome.ts'
import { checkScript } from './script-rules.ts'
import { bundled, type ScriptThread } from './script-thread.ts'

/**
 * An APPSYNC_JS script, in a context of its own without anything of Node.js. What goes in and comes
 * out is JSON, as on AppSync.
 */
export class Script {
  readonly #thread: ScriptThread
  readonly #number: number

  /**
   * @param name where the script comes from, for its errors
   * @throws Error if the script cannot be loaded, or uses what AppSync does not allow
   */
  constructor(name: string, code: string, log: ScriptHost['log'], thread: ScriptThread) {
    const source = checkedSource(name, code)
    this.#thread = thread
    this.#number = thread.add(source, log)
  }

  /** Runs a handler. Never rejects: a script that fails or takes too long is an outcome, too. */
  async run(handler: 'request' | 'response', context: object): Promise<ScriptOutcome> {
    try {
      return JSON.parse(await this.#thread.run(this.#number, handler, JSON.stringify(context)))
    } catch (error) {
      return { end: 'crash', message: messageOf(error), stash: {}, appended: [] }
    }
  }
}

/** Loads the script once here: whatever is wrong with it is known before it is needed. */
function checkedSource(name: string, code: string): ScriptSource {
  const { source, handlers } = loaded(name, code)
  for (const handler of ['request', 'response']) {
    if (!handlers.includes(handler)) {
      throw new Error(`The script of ${name} does not export the function ${handler}`)
    }
  }
  return source
}

function loaded(name: string, code: string) {
  try {
    const module = transformSync(code, { format: 'esm', legalComments: 'none' }).code
    checkScript(module)
    const source = { name, code: transformSync(module, { format: 'cjs' }).code }
    const { handlers } = loadSandboxed(source, bundled('sandbox'), () => {})
    return { source, handlers }
  } catch (cause) {
    throw new Error(`The script of ${name} cannot be loaded: ${messageOf(cause)}`, { cause })
  }
}

/** An error of the sandbox is no Error of this side. */
function messageOf(cause: unknown): string {
  return isJsonObject(cause) && typeof cause.message === 'string' ? cause.message : String(cause)
}
