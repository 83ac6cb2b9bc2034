import type { IncomingMessage } from 'node:http'
import type { Principal } from '../../access/iam.ts'
import type { Faults } from '../../faults/index.ts'
import { authenticate } from '../access/authentication.ts'
import type { Caller } from '../access/caller.ts'
import type { SignedContent } from '../access/signature.ts'
import type { Tokens } from '../access/tokens/tokens.ts'
import type { Api } from '../api.ts'
import type { OperationContext } from '../execution/operation-context.ts'
import type { AppSyncLog } from '../log.ts'
import type { Subscriptions } from '../realtime/subscriptions.ts'
import { type RequestTrace, requestTrace } from '../trace.ts'

/** The paths of the endpoints, as on AppSync with a custom domain. */
export const GRAPHQL_PATH = '/graphql'
export const REALTIME_PATH = '/graphql/realtime'
/** AppSync's own domain has sockets at `/graphql`. Some clients also dial it on a custom domain. */
export const REALTIME_PATHS: readonly string[] = [REALTIME_PATH, GRAPHQL_PATH]

/** The state that both endpoints of an API share. */
export interface Service {
  /**
   * Replaced when another API is served. Requests in flight finish on the API they started with.
   */
  api: Api
  readonly subscriptions: Subscriptions
  readonly log: AppSyncLog
  /** The faults to inject. */
  readonly faults: Faults
  /** Returns the tokens of the API. They stay when another version of the API is served. */
  tokens(): Promise<Tokens>
  /** Returns the principal that owns the access key. */
  principal(accessKeyId: string): Principal | undefined
  /** Receives the X-Ray document of each request, if the API is traced. */
  segment(document: object): void
}

/**
 * Authenticates the caller of a request.
 * @throws RequestError 401 or 403
 */
export function authenticated(service: Service, content: SignedContent): Promise<Caller> {
  return authenticate(service.api.api, content, {
    principal: (accessKeyId) => service.principal(accessKeyId),
    now: Date.now,
    tokens: () => service.tokens(),
  })
}

export function newContext(
  service: Service,
  caller: Caller,
  headers: Readonly<Record<string, string>>,
  sourceIp: string,
): OperationContext {
  const trace: RequestTrace = requestTrace(service.api.api, headers['x-amzn-trace-id'])
  return { caller, headers, sourceIp, trace, appended: [], resolverCount: 0 }
}

/** Returns the headers with names in lower case and one text for each. */
export function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(',') : value]],
    ),
  )
}

export function sourceIpOf({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? ''
}
