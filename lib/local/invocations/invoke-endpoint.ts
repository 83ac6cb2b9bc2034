import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Authorizer, RolePrincipal } from '../access/iam.ts'
import { verifySignature } from '../appsync/access/signature.ts'
import { headersOf } from '../appsync/http/endpoint.ts'
import { RequestError } from '../appsync/http/request-error.ts'
import type { Functions, InvocationResult, LocalFunction } from '../lambda/index.ts'
import { bodyOf, type Endpoint, startEndpoint } from '../serving/loopback.ts'

/** The functions behind the endpoint, and their callers. */
export interface InvokeService {
  readonly region: string
  readonly functions: Pick<Functions, 'find'>
  /** Returns the principal that owns the access key. */
  principal(accessKeyId: string): RolePrincipal | undefined
  /** Accepts an asynchronous invocation. */
  enqueue(target: LocalFunction, payload: unknown, traceHeader: string | undefined): void
}

/** The endpoint for Lambda's clients. */
export interface InvokeEndpoint extends Endpoint {
  /** Serves functions. Until then, the endpoint answers 503. */
  serve(service: InvokeService): void
}

/** The most bytes in the payload of an asynchronous invocation. */
const ASYNC_LIMIT = 1024 * 1024

/**
 * Starts the part of Lambda's API that invokes functions.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function startInvokeEndpoint(): Promise<InvokeEndpoint> {
  let service: InvokeService | undefined
  const endpoint = await startEndpoint({
    answer: (request, response) => answer(service, request, response),
    refuse,
  })
  return {
    ...endpoint,
    serve(served) {
      service = served
    },
  }
}

async function answer(
  service: InvokeService | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(request)
  if (!service) throw new RequestError(503, 'ServiceException', 'The functions are starting')
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
  const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/.exec(pathname) ?? []
  if (name === undefined || request.method !== 'POST')
    throw new RequestError(
      404,
      'UnknownOperationException',
      `${request.method} ${pathname} is not supported locally: only Invoke is`,
    )
  const headers = headersOf(request)
  const query = Object.fromEntries(searchParams)
  const { region } = service
  const principal = await verifySignature(
    { path: pathname, query, headers, body },
    { region, service: 'lambda', principal: service.principal, now: Date.now },
  )
  const wanted = decodeURIComponent(name)
  const target = service.functions.find(wanted)
  if (!target)
    throw new RequestError(404, 'ResourceNotFoundException', `Function not found: ${wanted}`)
  await authorize(principal, target)
  const payload = parsed(body)
  const { 'x-amzn-trace-id': traceHeader } = headers
  switch (headers['x-amz-invocation-type'] ?? 'RequestResponse') {
    case 'RequestResponse':
      return send(response, await target.invoke(payload, { ...(traceHeader && { traceHeader }) }))
    case 'Event':
      if (Buffer.byteLength(body) > ASYNC_LIMIT) throw tooLarge(ASYNC_LIMIT)
      service.enqueue(target, payload, traceHeader)
      response.writeHead(202).end()
      return
    case 'DryRun':
      response.writeHead(204).end()
      return
    default:
      throw new RequestError(
        400,
        'InvalidParameterValueException',
        `InvocationType must be RequestResponse, Event or DryRun; got ${headers['x-amz-invocation-type']}`,
      )
  }
}

/** @throws RequestError if the caller's policies do not allow the invocation */
async function authorize(caller: Authorizer, { arn }: LocalFunction): Promise<void> {
  const denial = await caller.denial({ action: 'lambda:InvokeFunction', resource: arn })
  if (denial !== undefined) throw new RequestError(403, 'AccessDeniedException', denial)
}

function parsed(body: string): unknown {
  try {
    return body === '' ? null : JSON.parse(body)
  } catch (error) {
    throw new RequestError(
      400,
      'InvalidRequestContentException',
      `Could not parse request body into json: ${error instanceof Error ? error.message : error}`,
    )
  }
}

/** Answers a synchronous invocation. The status does not reflect the function's own errors. */
function send(response: ServerResponse, result: InvocationResult): void {
  if (result.status === 'ok') {
    response.writeHead(200, { 'x-amz-executed-version': '$LATEST' })
    response.end(JSON.stringify(result.payload ?? null))
    return
  }
  const { errorType, errorMessage } = result.error
  if (errorType === 'TooManyRequestsException') throw new RequestError(429, errorType, errorMessage)
  if (errorType === 'RequestTooLargeException') throw new RequestError(413, errorType, errorMessage)
  response.writeHead(200, {
    'x-amz-executed-version': '$LATEST',
    'x-amz-function-error': 'Unhandled',
  })
  response.end(JSON.stringify(result.error))
}

function refuse(response: ServerResponse, { status, errorType, message }: RequestError): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': errorType })
  response.end(JSON.stringify({ Message: message }))
}

function tooLarge(limit: number): RequestError {
  return new RequestError(
    413,
    'RequestTooLargeException',
    `Request must be smaller than ${limit} bytes for the InvokeFunction operation`,
  )
}
