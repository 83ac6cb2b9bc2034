import type { ApiDefinition } from './api-definition.ts'
import type { AppSyncError } from './execution/error-format.ts'

/** A log entry of the API for its developer. The first keys name its subject. */
export interface AppSyncLogEntry {
  /** The API's name. */
  readonly api: string
  readonly level: 'INFO' | 'WARN' | 'ERROR'
  readonly message: string
  readonly [detail: string]: unknown
}

export type AppSyncLog = (entry: AppSyncLogEntry) => void

/**
 * Returns the errors of an answer for a log entry. Their messages, data and paths contain values
 * and aliases of the request, so the log has them only if the API's settings say so.
 */
export function loggedErrors(
  { logsFailures = false }: ApiDefinition,
  errors: readonly AppSyncError[],
): readonly object[] {
  if (logsFailures) return errors
  return errors.map(({ errorType, locations }) => ({ errorType, locations }))
}
