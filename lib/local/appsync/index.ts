import type { ConsoleOptions } from '../serving/console.ts'
import type { ApiDefinition } from './api-definition.ts'
import { type AppSyncServer, type ListenOptions, listen } from './server.ts'

export type { ConsoleOptions } from '../serving/console.ts'
export type { Starter } from '../serving/console-windows.ts'
export type {
  ApiDefinition,
  ApiKey,
  DataSource,
  ResolverDefinition,
} from './api-definition.ts'
export type { AuthMode, AuthProvider } from './auth-provider.ts'
export type { AppSyncLog, AppSyncLogEntry } from './log.ts'
export { type AppSyncServer, type ListenOptions, listen }

export interface AppSyncOptions extends ListenOptions {
  readonly api: ApiDefinition
  /** Default: no console. */
  readonly console?: ConsoleOptions
}

/**
 * Serves an API as AppSync does. If the address is needed before the API is known, call `listen`
 * and then `serve`.
 * @throws Error if the port is taken, or if AppSync would reject the API
 */
export async function startAppSync(options: AppSyncOptions): Promise<AppSyncServer> {
  const server = await listen(options)
  try {
    server.serve(options.api, options.console)
  } catch (error) {
    await server.close()
    throw error
  }
  return server
}
