// Runs inside the sandbox: script.ts bundles this file and its imports as text. The sandbox has
// only the language itself and the host that it receives, and nothing else of Node.js.
import type { ScriptEnd, ScriptError, ScriptHost, ScriptOutcome } from '../script-outcome.ts'
import { closed } from './closed.ts'
import { Interruption } from './interruption.ts'
import { subscriptionFilterOf } from './subscription-filter-of.ts'
import { utilities } from './utilities.ts'

type Handler = (context: object) => unknown
type Load = (
  require: (name: string) => unknown,
  exports: Record<string, unknown>,
  withinTime: () => void,
) => void

/** The most milliseconds that a handler may take. AppSync's own limit is not documented. */
const LIMIT = 1000

export interface Sandbox {
  /** The names of the functions that the script exports. */
  readonly handlers: readonly string[]
  /**
   * Runs a handler. Accepts `ctx` as JSON and returns a ScriptOutcome as JSON.
   * @param authType the answer of `util.authType()`
   */
  run(handler: string, context: string, authType: string): string
}

/** Loads a script and returns the sandbox that runs its handlers. */
export function sandbox(host: ScriptHost, load: Load): Sandbox {
  let appended: ScriptError[] = []
  let subscriptionFilter: unknown
  let authType = ''
  let deadline = Number.POSITIVE_INFINITY
  const { now } = Date
  const withinTime = () => {
    if (now() > deadline) throw new Error(`Script execution timed out after ${LIMIT}ms`)
  }

  const interrupt = (end: ScriptEnd): never => {
    throw new Interruption(end)
  }
  const scriptError = (
    message: unknown,
    type?: unknown,
    data?: unknown,
    errorInfo?: unknown,
  ): ScriptError => ({
    message: String(message),
    type: typeof type === 'string' ? type : null,
    data: data ?? null,
    errorInfo: errorInfo ?? null,
  })

  const util = closed('util', {
    ...utilities(host),
    error: (...args: [unknown, unknown?, unknown?, unknown?]) =>
      interrupt({ end: 'error', error: scriptError(...args) }),
    appendError: (...args: [unknown, unknown?, unknown?, unknown?]) => {
      appended.push(scriptError(...args))
    },
    unauthorized: () => interrupt({ end: 'unauthorized' }),
    authType: () => authType,
    transform: closed('util.transform', { toSubscriptionFilter: subscriptionFilterOf }),
  })
  const runtime = closed('runtime', {
    earlyReturn: (value?: unknown) => interrupt({ end: 'early-return', value: value ?? null }),
  })
  const extensions = closed('extensions', {
    setSubscriptionFilter: (filter: unknown) => {
      subscriptionFilter = filter
    },
  })
  const globals = { util, runtime, extensions }
  const say =
    (level: 'INFO' | 'ERROR') =>
    (...values: unknown[]) =>
      host.log(level, JSON.stringify(values))
  const console = closed('console', { log: say('INFO'), error: say('ERROR') })
  Object.assign(globalThis, globals, { console, RegExp: undefined })

  limitPatterns(host)
  const exports: Record<string, unknown> = {}
  load(
    (name) => {
      if (name === '@aws-appsync/utils') return closed(name, globals)
      throw new Error(
        `The module ${name} is not supported by the local run: use @aws-appsync/utils`,
      )
    },
    exports,
    withinTime,
  )

  return {
    handlers: Object.keys(exports).filter((name) => typeof exports[name] === 'function'),
    run(name, json, callersAuthType) {
      const context = JSON.parse(json)
      context.args = context.arguments
      authType = callersAuthType
      appended = []
      subscriptionFilter = undefined
      deadline = now() + LIMIT
      const end = endOf(exports[name], context)
      const outcome: ScriptOutcome = { ...end, stash: context.stash, appended, subscriptionFilter }
      return JSON.stringify(outcome)
    },
  }
}

/**
 * Limits the time of regular expressions. A match can run forever in one call, which no guard can
 * interrupt.
 */
function limitPatterns({ limited }: ScriptHost): void {
  const { match, matchAll, search } = String.prototype
  Object.assign(String.prototype, {
    match(this: string, pattern: string) {
      return limited(() => Reflect.apply(match, this, [pattern]))
    },
    search(this: string, pattern: string) {
      return limited(() => Reflect.apply(search, this, [pattern]))
    },
    matchAll(this: string, pattern: string) {
      return limited(() => [...Reflect.apply(matchAll, this, [pattern])])
    },
  })
}

function endOf(handler: unknown, context: object): ScriptEnd {
  try {
    const value = isHandler(handler) ? (handler(context) ?? null) : null
    JSON.stringify(value)
    return { end: 'return', value }
  } catch (error) {
    return error instanceof Interruption ? error.end : { end: 'crash', message: String(error) }
  }
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function'
}
