import type { ApiDefinition } from './appsync/api-definition.ts'
import { listen as listenAsAppSync } from './appsync/index.ts'
import type { Certificate } from './certificate.ts'
import type { Faults } from './faults/index.ts'
import type { Principal } from './iam.ts'
import type { Log } from './lambda/index.ts'
import { starters } from './starters.ts'

/** Serves an API over HTTP and WebSocket: it listens first, and is given the API later. */
export interface ApiServer {
  readonly graphqlUrl: string
  readonly realtimeUrl: string
  readonly consoleUrl: string
  /** Throws if AppSync would not take the API. */
  serve(api: ServedApi): void
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
  /** For encrypted connections. */
  readonly certificate: Certificate
  /** What goes wrong on purpose. */
  readonly faults: Faults
}

/** Listens for an API that is handed over once the functions behind it are there. */
export async function listen({
  port,
  log,
  faults,
  certificate,
}: ListenOptions): Promise<ApiServer> {
  let served: ServedApi | undefined
  const server = await listenAsAppSync({
    port,
    faults,
    certificate,
    log: ({ api, level, ...message }) =>
      log({ function: api, timestamp: new Date().toISOString(), level, message }),
    principal: (accessKeyId) => served?.principal(accessKeyId),
    segment: (document) => served?.trace(document),
  })
  const { graphqlUrl, realtimeUrl, consoleUrl } = server
  return {
    graphqlUrl,
    realtimeUrl,
    consoleUrl,
    serve(api) {
      served = api
      server.serve(api.api, { starters: starters(api.api) })
    },
    stop: () => server.close(),
  }
}
