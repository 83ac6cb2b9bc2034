import type { FunctionDefinition } from './function-definition.ts'
import type { FunctionError, InvocationResult } from './local-function.ts'
import type { Log } from './log-entry.ts'

/** The most bytes of JSON in an invocation's payload and in its result. */
export const PAYLOAD_LIMIT = 6_291_556
/** The time limit for loading code, in milliseconds, before the invocation's own time begins. */
export const INIT_TIMEOUT = 10_000

/** The plain fields of a handler's context. */
export type InvocationContext = { readonly awsRequestId: string } & Readonly<Record<string, string>>

export interface Outcome {
  readonly result: InvocationResult
  /** Whether the environment can run another invocation. */
  readonly usable: boolean
  /** Whether the runtime has logged the error. Default: false. */
  readonly logged?: boolean
}

/**
 * A function's loaded code. Runs one invocation at a time. The code's memory persists between
 * invocations.
 */
export interface ExecutionEnvironment {
  /** The folder of the loaded code. */
  readonly codeFolder: string
  /** Resolves when loading the code has succeeded or failed. */
  readonly loaded: Promise<unknown>
  /** Runs the handler. The first invocation's time excludes the time to load the code. */
  invoke(payload: string, traceHeader: string, context: InvocationContext): Promise<Outcome>
  /** Ends the environment at once. A running invocation fails. */
  stop(): Promise<void>
}

/**
 * Starts an environment of a function.
 * @param environment the function's environment variables
 * @param onDeath called when the environment ends by itself between two invocations
 */
export type StartEnvironment = (
  definition: FunctionDefinition,
  environment: Readonly<Record<string, string>>,
  log: Log,
  onDeath: (self: ExecutionEnvironment) => void,
) => ExecutionEnvironment

/** Returns the outcome of an invocation whose runtime has answered with JSON. */
export function answered(payload: string): Outcome {
  if (Buffer.byteLength(payload) <= PAYLOAD_LIMIT)
    return { result: { status: 'ok', payload: JSON.parse(payload) }, usable: true }
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${PAYLOAD_LIMIT} bytes).`
  const error = { errorType: 'Function.ResponseSizeTooLarge', errorMessage }
  return { result: { status: 'failed', error }, usable: true }
}

/** Returns the outcome of an invocation whose runtime has reported and logged an error. */
export function failed(error: FunctionError, { usable }: { readonly usable: boolean }): Outcome {
  return { result: { status: 'failed', error }, usable, logged: true }
}

/** @param timeout milliseconds */
export function timedOut(requestId: string, timeout: number): Outcome {
  const seconds = (timeout / 1000).toFixed(2)
  const error = {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
  }
  return { result: { status: 'timed-out', error }, usable: false }
}

/** @param cause `exit status 1`, `signal: killed`, or empty if the runtime ended without an error */
export function exited(requestId: string, cause: string): Outcome {
  const message = cause
    ? `Error: Runtime exited with error: ${cause}`
    : 'Error: Runtime exited without providing a reason'
  const error = {
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} ${message}`,
  }
  return { result: { status: 'failed', error }, usable: false }
}

/** Waits for work, or returns `timeout` after some milliseconds. */
export async function withTimeout<T>(
  work: Promise<T>,
  milliseconds: number,
): Promise<T | 'timeout'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(resolve, milliseconds, 'timeout')
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
