import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RolePrincipal } from '../access/iam.ts'
import { verifySignature } from '../appsync/access/signature.ts'
import { headersOf } from '../appsync/http/endpoint.ts'
import { RequestError } from '../appsync/http/request-error.ts'
import type { UnknownObject } from '../json.ts'
import { bodyOf, type Endpoint, startEndpoint } from '../serving/loopback.ts'
import { busOf, entriesIn, entryOf, type Failure } from './entries.ts'
import type { Accepted, PublishedEvents } from './published-events.ts'

/** The callers of the endpoint, and where their events go. */
export interface BusService {
  readonly region: string
  readonly accountId: string
  readonly published: PublishedEvents
  /** Returns the principal that owns the access key. */
  principal(accessKeyId: string): RolePrincipal | undefined
}

/** The endpoint for EventBridge's clients. */
export interface PutEventsEndpoint extends Endpoint {
  /** Serves a stack. Until then, the endpoint answers 503. */
  serve(service: BusService): void
}

/**
 * The time for a webhook to take the events of a request, in milliseconds. Functions wait longer for
 * the answer, so they learn which events it took.
 */
const WEBHOOK_TIME = 3000

/** Starts the part of EventBridge's API that takes in events, for any bus. */
export async function startPutEventsEndpoint(): Promise<PutEventsEndpoint> {
  let service: BusService | undefined
  const endpoint = await startEndpoint({
    answer: async (request, response) => send(response, 200, await answer(service, request)),
    refuse: (response, { status, errorType, message }) =>
      send(response, status, { __type: errorType, message }),
  })
  return {
    ...endpoint,
    serve(served) {
      service = served
    },
  }
}

async function answer(service: BusService | undefined, request: IncomingMessage): Promise<object> {
  const body = await bodyOf(request)
  if (!service) throw new RequestError(503, 'ServiceUnavailable', 'The stack is starting')
  const headers = headersOf(request)
  const principal = await verifySignature(
    { path: request.url ?? '/', headers, body },
    { ...service, service: 'events', now: Date.now },
  )
  const operation = headers['x-amz-target']
  if (operation !== 'AWSEvents.PutEvents')
    throw new RequestError(
      400,
      'UnknownOperationException',
      `${operation ?? 'This protocol of EventBridge'} is not supported locally: only AWSEvents.PutEvents is`,
    )
  const entries = entriesIn(body)
  for (const bus of new Set(entries.map((entry) => arnOf(busOf(entry), service))))
    await authorize(principal, bus)
  const results = await putInOrder(entries, service)
  return {
    FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
    Entries: results,
  }
}

/**
 * Puts the entries one by one. Like on AWS, the entries after one that fails are accepted; but a
 * webhook gets nothing more of a resource whose event it did not take.
 */
async function putInOrder(
  entries: readonly UnknownObject[],
  { published, region, accountId }: BusService,
): Promise<(Accepted | Failure)[]> {
  const results: (Accepted | Failure)[] = []
  const stopped = new Set<unknown>()
  const signal = AbortSignal.timeout(WEBHOOK_TIME)
  for (const raw of entries) {
    const entry = entryOf(raw)
    if ('ErrorCode' in entry) {
      results.push(entry)
      continue
    }
    const { subject } = entry.detail
    const result = stopped.has(subject)
      ? { ErrorCode: 'WebhookFailed', ErrorMessage: 'The webhook failed at an earlier event' }
      : await published.put({ ...entry, region, accountId }, signal)
    if ('ErrorCode' in result) stopped.add(subject)
    results.push(result)
  }
  return results
}

/** @throws RequestError if the caller's policies do not allow the call */
async function authorize(caller: RolePrincipal, resource: string): Promise<void> {
  const denial = await caller.denial({ action: 'events:PutEvents', resource })
  if (denial !== undefined) throw new RequestError(400, 'AccessDeniedException', denial)
}

function arnOf(bus: string, { region, accountId }: BusService): string {
  return bus.startsWith('arn:') ? bus : `arn:aws:events:${region}:${accountId}:event-bus/${bus}`
}

function send(response: ServerResponse, status: number, output: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
  response.end(JSON.stringify(output))
}
