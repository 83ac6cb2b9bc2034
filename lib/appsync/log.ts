import {
  currentTraceId,
  isLoggableId,
  isOfStore,
  loggable,
  property,
} from '../event-sourcing/index.ts'

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

/**
 * Returns any thrown value for a log entry, with its complete chain of causes, and without payloads.
 * @param causedByIt the errors that led to this cause
 */
export function errorDetails(
  thrown: unknown,
  causedByIt: readonly unknown[] = [],
): Record<string, unknown> {
  const known = [...causedByIt, thrown]
  const [cause, errors] = ['cause', 'errors'].map((field) => property(thrown, field))
  return {
    ...loggable(thrown, causedByIt.some(isOfStore)),
    ...(Array.isArray(errors) && { errors: errors.map((error) => errorDetails(error, known)) }),
    ...(cause !== undefined && !known.includes(cause) && { cause: errorDetails(cause, known) }),
  }
}

/** Returns an id for a log entry, unless it is a text that a client made up. */
export function loggedId(id: string): { readonly id?: string } {
  return isLoggableId(id) ? { id } : {}
}
