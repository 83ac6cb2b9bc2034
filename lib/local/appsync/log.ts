/** What the API has to say to the one who runs it; the first keys say what it is about. */
export interface AppSyncLogEntry {
  /** The API's name. */
  readonly api: string
  readonly level: 'INFO' | 'WARN' | 'ERROR'
  readonly message: string
  readonly [detail: string]: unknown
}

export type AppSyncLog = (entry: AppSyncLogEntry) => void
