import { ApiError, apiError, isObject } from '../errors.ts'
import type { GraphQLRequest, Transport } from '../transport.ts'
import { AppSyncConnection } from './appsync-connection.ts'
import { realtimeUrlOf } from './appsync-urls.ts'
import { platformSocket, type SocketConstructor } from './web-socket.ts'

export interface AppSyncTransportOptions {
  readonly graphqlUrl: string
  /** Default: the real-time URL that belongs to graphqlUrl. */
  readonly realtimeUrl?: string
  readonly apiKey: string
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
 * @throws Error if the platform has no WebSocket and none is passed
 */
export function appSyncTransport({
  graphqlUrl,
  realtimeUrl = realtimeUrlOf(graphqlUrl),
  apiKey,
  webSocket: Socket = platformSocket(),
  longestPause = 30_000,
}: AppSyncTransportOptions): Transport {
  const authorization = { host: new URL(graphqlUrl).host, 'x-api-key': apiKey }
  const protocols = ['graphql-ws', `header-${base64Url(JSON.stringify(authorization))}`]
  const dial = () => new Socket(realtimeUrl, protocols)
  let connections: AppSyncConnection[] = []

  return {
    tellsStart: true,

    query: <T>(request: GraphQLRequest, signal?: AbortSignal) =>
      query<T>(graphqlUrl, apiKey, request, signal),

    subscribe(request, observer) {
      connections = connections.filter(({ isIdle }) => !isIdle)
      const withRoom = connections.find(({ hasRoom }) => hasRoom)
      const connection = withRoom ?? new AppSyncConnection({ dial, authorization, longestPause })
      if (!withRoom) connections.push(connection)
      return connection.subscribe({ request, observer })
    },
  }
}

async function query<T>(
  url: string,
  apiKey: string,
  request: GraphQLRequest,
  signal: AbortSignal | undefined,
): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify(request),
    signal: signal ?? null,
  })
  const answer: { data?: T | null; errors?: readonly unknown[] } | undefined = parsed(
    await response.text(),
  )
  if (answer?.errors && answer.errors.length > 0) throw apiError(answer)
  if (answer?.data) return answer.data
  const { status } = response
  throw new ApiError(`The API answered with HTTP status ${status} and without data`, {
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
