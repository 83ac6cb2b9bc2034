import { type AuthOption, Authorizer } from '../auth/auth.ts'
import { ApiError, apiError, isObject } from '../errors.ts'
import type { GraphQLRequest, Transport } from '../transport.ts'
import { backOff } from '../waiting/back-off.ts'
import { pause } from '../waiting/pause.ts'
import { AppSyncConnection } from './appsync-connection.ts'
import { checkAddress, realtimeUrlOf } from './appsync-urls.ts'
import { platformSocket, type SocketConstructor } from './web-socket.ts'

export type AppSyncTransportOptions = AppSyncOptions &
  (
    | {
        /** An API key that does not change: the short form of `auth: { apiKey }`. */
        readonly apiKey: string
        readonly auth?: undefined
      }
    | {
        /**
         * The credentials: `{ apiKey }`, `{ token }` of a user, or `{ iam: { credentials, region } }`
         * to sign each request. A function returns the current credentials. It is called for each
         * query, connection and subscription. If they are refused, the transport calls it twice more
         * before it reports the error.
         */
        readonly auth: AuthOption
        readonly apiKey?: undefined
      }
  )

interface AppSyncOptions {
  readonly graphqlUrl: string
  /** Default: the real-time URL that belongs to graphqlUrl. */
  readonly realtimeUrl?: string
  /** Default: the platform's WebSocket. On Node.js 20, pass `WebSocket` of the package `ws`. */
  readonly webSocket?: SocketConstructor
  /**
   * The longest pause before a lost connection is dialled again, in milliseconds. Default 30,000.
   */
  readonly longestPause?: number
}

/**
 * Creates a transport that sends queries with `fetch` and subscribes with AppSync's protocol over
 * WebSockets. One WebSocket carries up to 100 subscriptions. A lost connection is dialled again. A
 * connection without subscriptions is closed.
 * @throws Error if the platform has no WebSocket and none is passed; ApiError `InvalidAuth` for
 * credentials that cannot be used; ApiError `InvalidAddress`. An invalid realtimeUrl fails at the
 * first subscription.
 */
export function appSyncTransport(options: AppSyncTransportOptions): Transport {
  const { graphqlUrl, apiKey, auth, webSocket: Socket = platformSocket() } = options
  checkAddress('graphqlUrl', graphqlUrl)
  const { realtimeUrl = realtimeUrlOf(graphqlUrl), longestPause = 30_000 } = options
  const authorizer = new Authorizer(graphqlUrl, apiKey === undefined ? auth : { apiKey })
  const dial = (authorization: object) =>
    new Socket(realtimeUrl, ['graphql-ws', `header-${base64Url(JSON.stringify(authorization))}`])
  let connections: AppSyncConnection[] = []

  return {
    tellsStart: true,

    query: <T>(request: GraphQLRequest, signal?: AbortSignal) =>
      query<T>(graphqlUrl, authorizer, request, signal),

    subscribe(request, observer) {
      // An invalid address has to fail here, not at each attempt to connect.
      checkAddress('realtimeUrl', realtimeUrl)
      connections = connections.filter(({ isIdle }) => !isIdle)
      const withRoom = connections.find(({ hasRoom }) => hasRoom)
      const connection = withRoom ?? new AppSyncConnection({ dial, authorizer, longestPause })
      if (!withRoom) connections.push(connection)
      return connection.subscribe({ request, observer })
    },
  }
}

const FIRST_PAUSE = 500

async function query<T>(
  url: string,
  authorizer: Authorizer,
  request: GraphQLRequest,
  signal: AbortSignal | undefined,
): Promise<T> {
  const body = JSON.stringify(request)
  const signedHeaders = { 'content-type': 'application/json' }
  for (let refusals = 1; ; refusals += 1) {
    // `fetch` sets the host itself.
    const { host: _host, ...headers } = await authorizer.headers({ signedHeaders, body })
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...signedHeaders, ...headers },
      body,
      signal: signal ?? null,
    })
    const answer: { data?: T | null; errors?: readonly unknown[] } | undefined = parsed(
      await response.text(),
    )
    const isComplete = !answer?.errors || answer.errors.length === 0
    if (isComplete && answer?.data) return answer.data
    const error = isComplete ? withoutData(response) : apiError(answer)
    // Only these statuses prove that the API has not run any part of the request.
    const isRefused = response.status === 401 || response.status === 403
    if (!isRefused || !authorizer.mayRenew(error, refusals)) throw error
    await pause(backOff(refusals, FIRST_PAUSE, FIRST_PAUSE * 2), signal)
  }
}

function withoutData({ status }: Response): ApiError {
  return new ApiError(`The API answered with HTTP status ${status} and without data`, {
    code: `Http${status}`,
  })
}

/** Parses a JSON object. Returns undefined for any other text, such as the page of a proxy. */
function parsed<T extends object>(text: string): T | undefined {
  try {
    const value: T = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function base64Url(text: string): string {
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
