import { inspect } from 'node:util'
import { currentTraceId } from '../event-sourcing/index.ts'

type Level = 'info' | 'warn' | 'error'

/**
 * Writes one line about one thing; Lambda makes it JSON. It begins with what it is about and
 * carries the trace id, so that the lines of a request can be found together; a `traceId` among
 * the details is that of the request which caused this one.
 */
export function log(level: Level, about: string, details: Readonly<Record<string, unknown>>): void {
  const traceId = currentTraceId()
  console[level]({ about, ...(traceId && { traceId }), ...details })
}

/** An error as a log line holds it: with its chain of causes, whole. */
export function errorDetails(
  error: unknown,
  causedByIt: readonly unknown[] = [],
): Record<string, unknown> {
  if (!(error instanceof Error))
    return { message: typeof error === 'string' ? error : inspect(error) }
  const { name, message, stack, cause } = error
  const known = [...causedByIt, error]
  const data = 'data' in error ? { data: error.data } : {}
  return {
    name,
    message,
    ...data,
    stack,
    ...(cause !== undefined && !known.includes(cause) && { cause: errorDetails(cause, known) }),
  }
}
