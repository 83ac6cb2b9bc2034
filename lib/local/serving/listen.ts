import type { Principal } from '../access/iam.ts'
import type { ApiDefinition } from '../appsync/api-definition.ts'
import { listen as listenAsAppSync } from '../appsync/index.ts'
import type { Faults } from '../faults/index.ts'
import type { Log } from '../lambda/index.ts'
import type { UserPool } from '../users/user-pools.ts'
import type { Certificate } from './certificate.ts'
import { starters } from './starters.ts'

/** Serves an API over HTTP and WebSocket. Listens first, and receives the API later. */
export interface ApiServer {
  readonly graphqlUrl: string
  readonly realtimeUrl: string
  readonly consoleUrl: string
  /** Serves the API. Throws if AppSync would reject it. */
  serve(api: ServedApi): void
  stop(): Promise<void>
}

export interface ServedApi {
  readonly api: ApiDefinition
  /** The user pools of the API. The console makes tokens of the first. */
  readonly userPools: readonly UserPool[]
  /** Returns the principal that owns the access key. */
  principal(accessKeyId: string): Principal | undefined
  /** Receives the X-Ray segments of requests. */
  trace(segment: object): void
}

export interface ListenOptions {
  /** 0: any free port. */
  readonly port: number
  /** Receives the API's log entries. */
  readonly log: Log
  /** The certificate for encrypted connections. */
  readonly certificate: Certificate
  /** The faults to inject. */
  readonly faults: Faults
}

/** The lifetime of a token of the console, in seconds. A page makes a new one when it loads. */
const CONSOLE_TOKEN = 12 * 60 * 60

/** Listens for an API that is passed later, once its functions are ready. */
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
      const pool = api.userPools.find(({ clientIds }) => clientIds.length > 0)
      server.serve(api.api, {
        starters: starters(api.api),
        ...(pool && { newToken: (user, groups) => consoleToken(pool, user, groups) }),
      })
    },
    stop: () => server.close(),
  }
}

async function consoleToken(
  pool: UserPool,
  user: string,
  groups: readonly string[],
): Promise<string> {
  const { newToken } = await import('../users/token.ts')
  return newToken(pool, { user, groups, use: 'access', seconds: CONSOLE_TOKEN, claims: {} })
}
