/** A log entry of the API for its developer. The first keys name its subject. */
export interface AppSyncLogEntry {
  /** The API's name. */
  readonly api: string
  readonly level: 'INFO' | 'WARN' | 'ERROR'
  readonly message: string
  readonly [detail: string]: unknown
}

export type AppSyncLog = (entry: AppSyncLogEntry) => void
