import type { InvocationContext } from '../execution-environment.ts'
import type { FunctionError } from '../local-function.ts'
import type { LogEntry } from '../log-entry.ts'

/** The data that a worker receives at its start: see runtime.mjs. */
export interface WorkerData {
  readonly codeFolder: string
  readonly handler: string
  readonly logFormat: 'JSON' | 'Text'
  readonly logLevel: string
  /** Whether handlers may use callbacks. Lambda removed them from its Node.js 24 runtime. */
  readonly callbacks: boolean
  /** Whether a debugger may attach to the thread, at its own port. */
  readonly inspect: boolean
}

/** A message to the worker. One runs at a time. */
export interface Invocation {
  /** JSON. */
  readonly payload: string
  readonly traceHeader: string
  /** Milliseconds since the epoch. */
  readonly deadline: number
  readonly context: InvocationContext
}

/** A message from the worker. `fatal`: the worker cannot run another invocation. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'log'; readonly entry: Omit<LogEntry, 'function'> }
  | { readonly kind: 'result'; readonly payload: string }
  | { readonly kind: 'error'; readonly error: FunctionError; readonly fatal: boolean }
