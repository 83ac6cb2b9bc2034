import { ApiError } from '../errors.ts'

/**
 * The headers that clients sign for the real-time endpoint, besides the host and the date.
 * https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
 */
export const REALTIME_HEADERS = {
  accept: 'application/json, text/javascript',
  'content-encoding': 'amz-1.0',
  'content-type': 'application/json; charset=UTF-8',
}

const ADDRESSES = {
  graphqlUrl: [/^https?:/i, 'https://ID.appsync-api.REGION.amazonaws.com/graphql'],
  realtimeUrl: [/^wss?:/i, 'wss://ID.appsync-realtime-api.REGION.amazonaws.com/graphql'],
} as const

const API = /^([^.]+)\.appsync-api\.(.+)$/

/**
 * Checks the address of an API.
 * @param name the option that has the address
 * @throws ApiError `InvalidAddress`
 */
export function checkAddress(name: 'graphqlUrl' | 'realtimeUrl', value: unknown): void {
  const [pattern, example] = ADDRESSES[name]
  if (typeof value === 'string' && URL.canParse(value) && pattern.test(value)) return
  throw new ApiError(`Invalid URL: ${name} must be an address such as ${example}; got ${value}`, {
    code: 'InvalidAddress',
  })
}

/** Returns the real-time URL of an AppSync API, from the URL of its queries. */
export function realtimeUrlOf(graphqlUrl: string): string {
  const { protocol, host } = new URL(graphqlUrl)
  const [, id, rest] = API.exec(host) ?? []
  if (id && rest) return `wss://${id}.appsync-realtime-api.${rest}/graphql`
  // A custom domain and the local run share this path.
  return `${protocol === 'http:' ? 'ws' : 'wss'}://${host}/graphql/realtime`
}
