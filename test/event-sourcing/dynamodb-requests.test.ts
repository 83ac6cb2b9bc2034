import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bind, dynamoDBEventStore, StoreUnavailable } from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { clientFor } from '../support/client.ts'
import { refusal } from '../support/refusal.ts'

interface Answer {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body: string
}

const EMPTY: Answer = { body: JSON.stringify({ Items: [] }) }

let server: Server
let endpoint: string
/** The answers of the server, in order. The last answer is repeated. */
let answers: Answer[]
let requests: IncomingMessage[]

beforeEach(async () => {
  answers = [EMPTY]
  requests = []
  server = createServer((request, response) => {
    requests.push(request)
    const [answer = EMPTY] = answers.length > 1 ? answers.splice(0, 1) : answers
    request.resume().on('end', () => {
      response.writeHead(answer.status ?? 200, answer.headers).end(answer.body)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  endpoint = `http://127.0.0.1:${port}`
})

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

function bound(client = clientFor(endpoint)) {
  bind(Concert, dynamoDBEventStore({ tableName: 'Concerts', client }))
  return new Concert()
}

test('a request names its operation and is signed for DynamoDB', async () => {
  await bound().events()
  expect(requests.map(({ headers }) => headers)).toEqual([
    expect.objectContaining({
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.Query',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=test\/\d{8}\/us-east-1\/dynamodb\/aws4_request, SignedHeaders=content-length;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-target, Signature=[0-9a-f]{64}$/,
      ),
    }),
  ])
})

test('the SDK’s own middleware does not run and adds no headers', async () => {
  await bound().events()
  expect(requests[0]?.headers).not.toHaveProperty('x-amz-user-agent')
  expect(requests[0]?.headers).not.toHaveProperty('amz-sdk-invocation-id')
})

test('the client’s middleware runs with the input, the request and the answer', async () => {
  const client = clientFor(endpoint)
  const seen: unknown[] = []
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const { output } = await next(args)
        seen.push(commandName, args.input, output)
        return { output, response: undefined }
      },
    { step: 'initialize' },
  )
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> }
      headers['x-team'] = 'stock'
      return next(args)
    },
    { step: 'build' },
  )
  await bound(client).events()
  expect(requests[0]?.headers).toMatchObject({
    'x-team': 'stock',
    authorization: expect.stringContaining('x-team'),
  })
  expect(seen).toEqual([
    'QueryCommand',
    expect.objectContaining({ TableName: 'Concerts' }),
    expect.objectContaining({ Items: [] }),
  ])
})

test('a wrong clock is corrected from the answer, and the request is retried', async () => {
  const future = Date.now() + 3_600_000
  answers = [
    {
      status: 400,
      headers: { date: new Date(future).toUTCString() },
      body: JSON.stringify({
        __type: 'com.amazon.coral.service#InvalidSignatureException',
        message: 'Signature expired',
      }),
    },
    EMPTY,
  ]
  expect(await bound().events()).toEqual([])
  const [before, after] = requests.map(({ headers }) => `${headers['x-amz-date']}`)
  expect(after?.slice(0, 11)).toBe(
    new Date(future).toISOString().replaceAll(/[-:]/g, '').slice(0, 11),
  )
  expect(before).not.toBe(after)
})

test('a wrong signature with a correct clock is not retried', async () => {
  answers = [
    {
      status: 400,
      body: JSON.stringify({ __type: 'x#InvalidSignatureException', message: 'no such key' }),
    },
  ]
  const error = await refusal(bound().events(), StoreUnavailable)
  expect(error.cause).toMatchObject({ name: 'InvalidSignatureException', message: 'no such key' })
  expect(requests).toHaveLength(1)
})

test.each([
  ['not JSON', '<html></html>'],
  ['not an object', '[]'],
  ['without items', '{}'],
])('a request is retried when its answer is %s', async (_, body) => {
  answers = [{ body }, EMPTY]
  expect(await bound().events()).toEqual([])
  expect(requests).toHaveLength(2)
})

test('a failure that is not JSON keeps its text and status', async () => {
  answers = [{ status: 404, body: 'Not here' }]
  const error = await refusal(bound().events(), StoreUnavailable)
  expect(error.cause).toMatchObject({
    message: 'Not here',
    $metadata: { httpStatusCode: 404 },
  })
})
