import type { FunctionError } from './local-function.ts'

/** A line of a log, in the form of Lambda's JSON log format. */
export interface LogEntry {
  /** The logical id of the function, or the name of the API. */
  readonly function: string
  /** ISO 8601, UTC. */
  readonly timestamp: string
  readonly level: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL'
  /** Undefined outside an invocation. */
  readonly requestId?: string
  /** The logged value. An object stays an object in the JSON format. */
  readonly message: unknown
  readonly errorType?: string
  readonly errorMessage?: string
  readonly stackTrace?: readonly string[]
}

export type Log = (entry: LogEntry) => void

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
  /** The plain fields of the handler's context. */
  readonly context: { readonly awsRequestId: string } & Readonly<Record<string, string>>
}

/** A message from the worker. `fatal`: the worker cannot run another invocation. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'log'; readonly entry: Omit<LogEntry, 'function'> }
  | { readonly kind: 'result'; readonly payload: string }
  | { readonly kind: 'error'; readonly error: FunctionError; readonly fatal: boolean }
