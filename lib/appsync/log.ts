import { inspect } from 'node:util'
import { currentTraceId } from '../event-sourcing/index.ts'

type Level = 'info' | 'warn' | 'error'

/**
 * Writes one log entry, which Lambda formats as JSON. The entry starts with its subject and has the
 * trace id, so that all entries of a request can be found. A `traceId` among the details is that of
 * the request that caused the current one.
 */
export function log(level: Level, about: string, details: Readonly<Record<string, unknown>>): void {
  const traceId = currentTraceId()
  console[level]({ about, ...(traceId && { traceId }), ...details })
}

/** Returns an error for a log entry, with its complete chain of causes. */
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
