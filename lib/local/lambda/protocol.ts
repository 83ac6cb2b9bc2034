import type { FunctionError } from './local-function.ts'
import type { LogEntry } from './log.ts'

/** What a worker is given once: see runtime.mjs. */
export interface WorkerData {
  readonly codeFolder: string
  readonly handler: string
  readonly logFormat: 'JSON' | 'Text'
  readonly logLevel: string
  /** Lambda took this away from its Node.js 24 runtime. */
  readonly callbacks: boolean
  /** Whether a debugger may attach to the thread, at a port of its own. */
  readonly inspect: boolean
}

/** To the worker: one at a time. */
export interface Invocation {
  /** JSON. */
  readonly payload: string
  readonly traceHeader: string
  /** Milliseconds since the epoch. */
  readonly deadline: number
  /** The plain fields of the handler's context. */
  readonly context: { readonly awsRequestId: string } & Readonly<Record<string, string>>
}

/** From the worker. `fatal`: the worker is of no use any more. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'log'; readonly entry: Omit<LogEntry, 'function'> }
  | { readonly kind: 'result'; readonly payload: string }
  | { readonly kind: 'error'; readonly error: FunctionError; readonly fatal: boolean }
