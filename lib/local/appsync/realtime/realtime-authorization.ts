import type { IncomingMessage } from 'node:http'
import { isObject, parsedJson } from '../../json.ts'
import type { SignedContent } from '../access/signature.ts'
import { GRAPHQL_PATH, headersOf } from '../http/endpoint.ts'
import { badRequest } from '../http/request-error.ts'

/**
 * Returns the signed content of a connection request. Reads the authorization from one of three
 * places: the subprotocol, the query or the headers.
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
  if (payload !== null && !isObject(decoded(payload))) {
    throw badRequest('The payload of the connection is not base64 of a JSON object.')
  }
  return { ...content, headers: authorizationHeaders(decoded(encoded)) }
}

/**
 * Returns the headers in a message: a host and the authorization, with names in lower case.
 * @throws RequestError 400
 */
export function authorizationHeaders(authorization: unknown): Record<string, string> {
  const headers = Object.fromEntries(
    Object.entries(isObject(authorization) ? authorization : {}).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name.toLowerCase(), value]] : [],
    ),
  )
  if (!headers.host) throw badRequest('Required headers are missing.')
  return headers
}

export function subprotocols({ headers }: IncomingMessage): readonly string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim())
}

/** Decodes base64 in either alphabet, with or without padding, and parses the JSON. */
function decoded(base64: string): unknown {
  return parsedJson(Buffer.from(base64, 'base64').toString())
}
