import type { ApiDefinition } from './appsync/api-definition.ts'
import type { Principal } from './iam.ts'

/** Serves an API over HTTP and WebSocket: it listens first, and is given the API later. */
export interface ApiServer {
  readonly graphqlUrl: string
  readonly realtimeUrl: string
  readonly consoleUrl: string
  serve(api: ServedApi): void | Promise<void>
  stop(): Promise<void>
}

export interface ServedApi {
  readonly api: ApiDefinition
  /** Whoever has an access key. */
  principal(accessKeyId: string): Principal | undefined
  /** Takes the X-Ray segments of requests. */
  trace(segment: object): void
}

export type Listen = (options: { readonly port: number }) => Promise<ApiServer>
