import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signedRequest } from '../../lib/appsync/index.ts'
import { cloudEvent } from '../../lib/appsync/publishing/cloud-event.ts'
import type { RolePrincipal } from '../../lib/local/access/iam.ts'
import {
  PublishedEvents,
  type PutEventsEndpoint,
  startPutEventsEndpoint,
} from '../../lib/local/event-bus/index.ts'
import { bodyOf, listenOnLoopback } from '../../lib/local/serving/loopback.ts'

const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/bells'
let folder: string
let endpoint: PutEventsEndpoint
let published: PublishedEvents
let webhook: Server | undefined
/** The requests of the webhook. */
let posted: { readonly type: string | undefined; readonly event: { readonly id: string } }[]
/** The ids of the events that the webhook refuses. */
let refused: string[]

const caller: RolePrincipal = {
  arn: 'arn:aws:sts::000000000000:assumed-role/caller/local',
  accessKeyId: 'ASIACALLER',
  secretAccessKey: 'secret',
  sessionToken: 'token',
  allows: () => false,
  denial: ({ action, resource }) =>
    action === 'events:PutEvents' && resource === BUS
      ? undefined
      : `${caller.arn} may not ${action} ${resource}`,
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'event-bus-'))
  endpoint = await startPutEventsEndpoint()
  ;[posted, refused] = [[], []]
  serve()
})
afterEach(async () => {
  published.close()
  await endpoint.stop()
  webhook?.closeAllConnections()
  webhook?.close()
  webhook = undefined
  rmSync(folder, { recursive: true })
})

function serve(address?: string): void {
  published = new PublishedEvents({ file: join(folder, 'published.jsonl'), webhook: address })
  endpoint.serve({
    ...{ region: 'us-east-1', accountId: '000000000000', published },
    principal: (key) => (key === caller.accessKeyId ? caller : undefined),
  })
}

async function serveWithWebhook(): Promise<void> {
  webhook = createServer(async (request, response) => {
    const event = JSON.parse(await bodyOf(request))
    posted.push({ type: request.headers['content-type'], event })
    response.statusCode = refused.includes(event.id) ? 500 : 204
    response.end()
  })
  serve(await listenOnLoopback(webhook))
}

const eventOf = (id: string, number: number) =>
  cloudEvent(
    { id, number, type: 'Rung', created: '2026-01-02T03:04:05.678Z', meta: { commandId: 'c' } },
    { source: 'bells', resource: 'Bell' },
  )

const entry = (id = 'a', number = 1, changes: object = {}) => ({
  EventBusName: 'bells',
  Source: 'bells',
  DetailType: 'Rung',
  Time: 1767323045.678,
  Detail: JSON.stringify(eventOf(id, number)),
  ...changes,
})

/** Calls EventBridge's API as an SDK does. */
async function call(body: object, target = 'AWSEvents.PutEvents') {
  const { accessKeyId, secretAccessKey, sessionToken } = caller
  const credentials = { accessKeyId, secretAccessKey, sessionToken }
  const signer = { url: `${endpoint.url}/`, region: 'us-east-1', service: 'events', credentials }
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target }
  const response = await fetch(await signedRequest(signer, JSON.stringify(body), headers))
  return { status: response.status, answer: JSON.parse(await response.text()) }
}

const putEvents = (...Entries: readonly object[]) => call({ Entries })

const stored = () =>
  readFileSync(join(folder, 'published.jsonl'), 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))

test('an accepted event is stored before the answer, as a rule’s target would get it', async () => {
  const { status, answer } = await putEvents(entry(), entry('a', 2, { EventBusName: BUS }))
  expect(status).toBe(200)
  expect(answer).toEqual({
    FailedEntryCount: 0,
    Entries: [{ EventId: expect.any(String) }, { EventId: expect.any(String) }],
  })
  expect(stored()).toMatchObject([{ detail: { id: 'a#1' } }, { detail: { id: 'a#2' } }])
  expect(stored()[0]).toEqual({
    version: '0',
    id: answer.Entries[0].EventId,
    'detail-type': 'Rung',
    source: 'bells',
    account: '000000000000',
    time: '2026-01-02T03:04:05Z',
    region: 'us-east-1',
    resources: [],
    detail: eventOf('a', 1),
  })
})

test.each([
  [{ Detail: '[]' }, 'MalformedDetail'],
  [{ Detail: '{' }, 'MalformedDetail'],
  [{ Source: undefined }, 'InvalidArgument'],
  [{ DetailType: '' }, 'InvalidArgument'],
  [{ Source: 'aws.bells' }, 'NotAuthorizedForSourceException'],
])('an entry with %p fails, and the others are accepted', async (changes, ErrorCode) => {
  const { answer } = await putEvents(entry('a', 1, changes), entry('a', 2))
  expect(answer).toMatchObject({ FailedEntryCount: 1, Entries: [{ ErrorCode }, {}] })
  expect(stored()).toMatchObject([{ detail: { id: 'a#2' } }])
})

test.each([
  ['no entries', { Entries: [] }, 'ValidationException'],
  ['more than ten entries', { Entries: Array(11).fill(entry()) }, 'ValidationException'],
  [
    'more than 1 MB',
    { Entries: [entry('a', 1, { Detail: JSON.stringify('x'.repeat(1024 * 1024)) })] },
    'ValidationException',
  ],
  [
    'a bus without a right',
    { Entries: [entry('a', 1, { EventBusName: 'other' })] },
    'AccessDeniedException',
  ],
  [
    'the default bus without a right',
    { Entries: [entry('a', 1, { EventBusName: undefined })] },
    'AccessDeniedException',
  ],
])('a request with %s is rejected', async (_, body, type) => {
  const { status, answer } = await call(body)
  expect({ status, type: answer.__type }).toEqual({ status: 400, type })
})

test('other operations and wrong signatures are rejected', async () => {
  expect((await call({}, 'AWSEvents.ListRules')).answer.__type).toBe('UnknownOperationException')
  const { status } = await fetch(endpoint.url, { method: 'POST', body: '{}' })
  expect(status).toBe(403)
})

test('the webhook gets each CloudEvent, in the structured mode', async () => {
  await serveWithWebhook()
  await putEvents(entry(), entry('b', 1, { Detail: '{"no":"CloudEvent"}' }))
  expect(posted).toEqual([
    { type: 'application/cloudevents+json; charset=UTF-8', event: eventOf('a', 1) },
  ])
  expect(stored()).toHaveLength(2)
})

test('the webhook gets no event of a resource after one that it refused', async () => {
  await serveWithWebhook()
  refused = ['a#2']
  const { answer } = await putEvents(...[1, 2, 3].map((number) => entry('a', number)), entry('b'))
  expect(answer).toMatchObject({
    FailedEntryCount: 2,
    Entries: [
      {},
      { ErrorCode: 'WebhookFailed', ErrorMessage: 'The webhook answered with HTTP status 500' },
      { ErrorCode: 'WebhookFailed' },
      {},
    ],
  })
  expect(posted.map(({ event }) => event.id)).toEqual(['a#1', 'a#2', 'b#1'])
  expect(stored().map(({ detail }) => detail.id)).toEqual(['a#1', 'b#1'])
})

test('a webhook that does not answer fails', async () => {
  serve('http://127.0.0.1:9/')
  const { answer } = await putEvents(entry())
  expect(answer.Entries[0].ErrorMessage).toMatch(/^The webhook did not answer: /)
})
