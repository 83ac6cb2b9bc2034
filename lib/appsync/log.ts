import { currentTraceId, describeThrown, property } from '../event-sourcing/index.ts'

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

/** Returns any thrown value for a log entry, with its complete chain of causes. */
export function errorDetails(
  thrown: unknown,
  causedByIt: readonly unknown[] = [],
): Record<string, unknown> {
  const { name, message, stack } = describeThrown(thrown)
  if (stack === undefined) return { message }
  const known = [...causedByIt, thrown]
  const [data, cause, errors] = ['data', 'cause', 'errors'].map((field) => property(thrown, field))
  return {
    name,
    message,
    ...(data !== undefined && { data }),
    stack,
    ...(Array.isArray(errors) && { errors: errors.map((error) => errorDetails(error, known)) }),
    ...(cause !== undefined && !known.includes(cause) && { cause: errorDetails(cause, known) }),
  }
}
