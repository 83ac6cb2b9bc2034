import type { IncomingMessage } from 'node:http'
import { GRAPHQL_PATH, headersOf } from './endpoint.ts'
import { isJsonObject, parsedJson } from './json.ts'
import { badRequest } from './request-error.ts'
import type { SignedContent } from './signature.ts'

/**
 * The authorization for connecting, in one of three places; signed, it is over these contents.
 * @throws RequestError 400
 */
export function connectContent(request: IncomingMessage): SignedContent {
  const content = { path: `${GRAPHQL_PATH}/connect`, body: '{}' }
  const fromProtocol = subprotocols(request)
    .find((protocol) => protocol.startsWith('header-'))
    ?.slice('header-'.length)
  const query = new URL(request.url ?? '', 'http://localhost').searchParams
  const encoded = fromProtocol ?? query.get('header')
  if (!encoded) return { ...content, headers: headersOf(request) }
  const payload = query.get('payload')
  if (payload !== null && !isJsonObject(decoded(payload))) {
    throw badRequest('The payload of the connection is not base64 of a JSON object.')
  }
  return { ...content, headers: authorizationHeaders(decoded(encoded)) }
}

/**
 * The headers that stand in a message: a host and what authorizes. Names are put in lower case.
 * @throws RequestError 400
 */
export function authorizationHeaders(authorization: unknown): Record<string, string> {
  const headers = Object.fromEntries(
    Object.entries(isJsonObject(authorization) ? authorization : {}).map(([name, value]) => [
      name.toLowerCase(),
      String(value),
    ]),
  )
  if (!headers.host) throw badRequest('Required headers are missing.')
  return headers
}

export function subprotocols({ headers }: IncomingMessage): readonly string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim())
}

/** In either alphabet of base64, padded or not. */
function decoded(base64: string): unknown {
  return parsedJson(Buffer.from(base64, 'base64').toString())
}
