/** A line of a log, in the form of Lambda's JSON log format. */
export interface LogEntry {
  /** The logical id of the function, or the name of the API. */
  readonly function: string
  /** ISO 8601, UTC. */
  readonly timestamp: string
  readonly level: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL'
  /** `-` before the first invocation of an execution environment. Undefined for the API. */
  readonly requestId?: string
  /** The logged value. An object stays an object in the JSON format. */
  readonly message: unknown
  readonly errorType?: string
  readonly errorMessage?: string
  readonly stackTrace?: readonly string[]
}

export type Log = (entry: LogEntry) => void
