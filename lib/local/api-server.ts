import type { ApiDefinition } from './appsync/api-definition.ts'
import type { Principal } from './iam.ts'
import type { Log } from './lambda/index.ts'

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

export interface ListenOptions {
  /** 0: any that is free. */
  readonly port: number
  /** Hears what the API has to say. */
  readonly log: Log
}

export type Listen = (options: ListenOptions) => Promise<ApiServer>
