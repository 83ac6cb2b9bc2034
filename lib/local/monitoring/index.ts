import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Principal } from '../access/iam.ts'
import { verifySignature } from '../appsync/access/signature.ts'
import { headersOf } from '../appsync/http/endpoint.ts'
import { RequestError } from '../appsync/http/request-error.ts'
import { isObject, parsedJson } from '../json.ts'
import { bodyOf, type Endpoint, startEndpoint } from '../serving/loopback.ts'
import type { AlarmDefinition } from './alarms.ts'
import type { Metrics } from './metrics.ts'
import { OPERATIONS } from './operations.ts'

export { type AlarmDefinition, alarmsOf } from './alarms.ts'
export { Metrics } from './metrics.ts'

/** The alarms of the running stack, and the callers of the endpoint. */
export interface MonitoredStack {
  readonly region: string
  readonly alarms: readonly AlarmDefinition[]
  /** Returns the principal that owns the access key. */
  principal(accessKeyId: string): Principal | undefined
}

/** The endpoint for CloudWatch's clients. */
export interface MonitoringEndpoint extends Endpoint {
  /** Serves a stack, or replaces the previous one. Until then, the endpoint answers 503. */
  serve(stack: MonitoredStack): void
}

/** The name of CloudWatch's API in the JSON protocol. */
const TARGET = /^GraniteServiceVersion20100801\.(\w+)$/

/**
 * Starts the part of CloudWatch's API that reads metrics and alarms, over its JSON protocol.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/Welcome.html
 */
export async function startMonitoring(metrics: Metrics): Promise<MonitoringEndpoint> {
  let stack: MonitoredStack | undefined
  const endpoint = await startEndpoint({
    answer: async (request, response) => send(response, 200, await answer(stack, metrics, request)),
    refuse,
  })
  return {
    ...endpoint,
    serve(served) {
      stack = served
    },
  }
}

async function answer(
  stack: MonitoredStack | undefined,
  metrics: Metrics,
  request: IncomingMessage,
): Promise<object> {
  const body = await bodyOf(request)
  if (!stack) throw new RequestError(503, 'ServiceUnavailable', 'The stack is starting')
  const headers = headersOf(request)
  const { region, alarms } = stack
  const principal = await verifySignature(
    { path: request.url ?? '/', headers, body },
    { region, service: 'monitoring', principal: stack.principal, now: Date.now },
  )
  const [, name = ''] = TARGET.exec(headers['x-amz-target'] ?? '') ?? []
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined
  const input = parsedJson(body)
  if (!operation || !isObject(input))
    throw new RequestError(
      400,
      'UnknownOperationException',
      `Only ${Object.keys(OPERATIONS).join(' and ')} are supported locally, with the header X-Amz-Target and JSON; got ${name || 'another protocol'}`,
    )
  if (!(await principal.allows(`cloudwatch:${name}`, '*')))
    throw new RequestError(
      403,
      'AccessDeniedException',
      `${principal.arn} is not authorized to perform: cloudwatch:${name}`,
    )
  return operation(input, { metrics, alarms }, Date.now())
}

function send(response: ServerResponse, status: number, output: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
  response.end(JSON.stringify(output))
}

function refuse(response: ServerResponse, { status, errorType, message }: RequestError): void {
  send(response, status, { __type: errorType, message })
}
