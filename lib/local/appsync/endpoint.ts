import type { IncomingMessage } from 'node:http'
import type { Faults } from '../faults/index.ts'
import type { Principal } from '../iam.ts'
import type { Api } from './api.ts'
import { authenticate, type Caller } from './caller.ts'
import type { AppSyncLog } from './log.ts'
import type { OperationContext } from './operation-context.ts'
import type { SignedContent } from './signature.ts'
import type { Subscriptions } from './subscriptions.ts'
import { type RequestTrace, requestTrace } from './trace.ts'

/** Where GraphQL is served, as on AppSync with a domain of one's own. */
export const GRAPHQL_PATH = '/graphql'
export const REALTIME_PATH = '/graphql/realtime'

/** What both endpoints of an API share. */
export interface Service {
  /** Replaced when the API is served anew: requests under way end on the API that they began with. */
  api: Api
  readonly subscriptions: Subscriptions
  readonly log: AppSyncLog
  /** What goes wrong on purpose. */
  readonly faults: Faults
  /** Who has the access key. */
  principal(accessKeyId: string): Principal | undefined
  /** Takes the X-Ray document of each request, where the API is traced. */
  segment(document: object): void
}

/** @throws RequestError 401 or 403 */
export function authenticated(service: Service, content: SignedContent): Promise<Caller> {
  return authenticate(service.api.api, content, {
    principal: (accessKeyId) => service.principal(accessKeyId),
    now: Date.now,
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

/** The headers as one text each, names in lower case. */
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
