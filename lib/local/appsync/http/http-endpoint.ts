import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Answer, executeRequest } from '../execution/execution.ts'
import { loggedErrors } from '../log.ts'
import { authenticated, headersOf, newContext, type Service, sourceIpOf } from './endpoint.ts'
import { graphqlRequest, graphqlRequestOf } from './graphql-request.ts'
import { RequestError } from './request-error.ts'

/** The most bytes of a request's body. */
const LARGEST_BODY = 1024 * 1024

const CORS = new Map([
  ['access-control-allow-origin', '*'],
  ['access-control-allow-headers', '*, authorization'],
  ['access-control-allow-methods', 'GET, POST, OPTIONS'],
  ['access-control-expose-headers', 'x-amzn-requestid, x-amzn-errortype, x-amzn-trace-id'],
  ['access-control-max-age', '600'],
])

/** Answers `POST /graphql` and `GET /graphql?query=…`. Never rejects. */
export async function serveGraphql(
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeaders(CORS)
  response.setHeader('x-amzn-requestid', randomUUID())
  if (request.method === 'OPTIONS') {
    response.writeHead(200).end()
    return
  }
  try {
    const content = await answer(service, request, response)
    if (service.faults.strikes('api.losesAnswer')) request.socket.destroy()
    else send(response, 200, content)
  } catch (error) {
    refuse(service, response, error)
  }
}

/** Answers with 503 while the API is not ready. */
export function notServing(response: ServerResponse): void {
  response.setHeaders(CORS)
  const error = new RequestError(
    503,
    'ServiceUnavailableException',
    'The API is starting: retry the request.',
  )
  send(response, error.status, errorBody(error))
}

async function answer(
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Answer> {
  const { method } = request
  if (method !== 'GET' && method !== 'POST') {
    response.setHeader('allow', 'GET, POST, OPTIONS')
    throw new RequestError(
      405,
      'MethodNotAllowedException',
      `A GraphQL request must use POST or GET, not ${method}.`,
    )
  }
  const body = await bodyOf(request)
  if (service.faults.strikes('api.throttles'))
    throw new RequestError(429, 'ThrottlingException', 'Rate exceeded')
  if (service.faults.strikes('api.fails'))
    throw new RequestError(500, 'InternalFailure', 'Internal failure')
  const headers = headersOf(request)
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
  const query = Object.fromEntries(searchParams)
  const caller = await authenticated(service, { method, path: pathname, query, headers, body })
  const graphql = method === 'GET' ? graphqlRequestOf(searchParams) : graphqlRequest(body)
  const context = newContext(service, caller, headers, sourceIpOf(request))
  response.setHeader('x-amzn-trace-id', context.trace.requestHeader)
  const result = await executeRequest(service.api, graphql, context, (published) =>
    service.subscriptions.publish(published),
  )
  const segment = context.trace.segment(result.errors !== undefined)
  if (segment) service.segment(segment)
  if (result.errors) {
    const { traceId } = context.trace
    const { api } = service.api
    const errors = loggedErrors(api, result.errors)
    service.log({
      api: api.name,
      traceId,
      level: 'WARN',
      message: 'Answered with errors',
      errors,
    })
  }
  return result
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      // Reads the rest without keeping it, so that the client can read the answer.
      if (length <= LARGEST_BODY) chunks.push(chunk)
    })
    request.on('error', reject)
    request.on('end', () => {
      if (length <= LARGEST_BODY) resolve(Buffer.concat(chunks).toString())
      else reject(tooLarge())
    })
  })
}

function tooLarge(): RequestError {
  return new RequestError(
    413,
    'RequestEntityTooLargeException',
    `The request body is larger than ${LARGEST_BODY} bytes.`,
  )
}

function refuse({ api, log }: Service, response: ServerResponse, error: unknown): void {
  if (error instanceof RequestError) {
    response.setHeader('x-amzn-errortype', error.errorType)
    send(response, error.status, errorBody(error))
  } else if (response.req.errored || response.destroyed) {
    log({
      api: api.api.name,
      level: 'INFO',
      message: 'The client closed the connection',
      error: String(error),
    })
  } else {
    const stack = error instanceof Error ? error.stack : String(error)
    log({ api: api.api.name, level: 'ERROR', message: 'A request failed', stack })
    send(response, 500, errorBody(new RequestError(500, 'InternalFailure', 'Internal failure')))
  }
}

function errorBody({ errorType, message }: RequestError) {
  return { errors: [{ errorType, message }] }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8' })
  response.end(JSON.stringify(body))
}
