import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { marshall } from '@aws-sdk/util-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'
import { type Feed, feedHandler, functionSigner, signedPublisher } from '../../lib/appsync/index.ts'
import {
  Aggregate,
  type Event,
  type EventHandlers,
  type Upcasters,
} from '../../lib/event-sourcing/index.ts'

interface Received {
  readonly headers: Readonly<Record<string, unknown>>
  readonly query: string
  readonly variables: Readonly<Record<string, Record<string, unknown>>>
}

const FIELDS = ['id', 'number', 'type', 'created', 'amount', 'commandId', 'traceId', 'truncated']
const FEED: Feed = {
  resource: 'Product',
  mutation: 'publishProductEvent',
  input: 'ProductEventInput',
  fields: [...FIELDS, 'note'],
}

interface Restocked extends Event {
  readonly type: 'ProductRestocked'
  readonly amount: number
  readonly note?: unknown
}

class Product extends Aggregate<Restocked> implements EventHandlers<Restocked> {
  static readonly upcasters: Upcasters<Restocked> = {
    // In dozens once, and before that under another name.
    ProductRestocked: ({ amount, dozens, note }) => {
      if (typeof dozens === 'string') throw new TypeError(`${dozens} is no number`)
      return { type: 'ProductRestocked', amount: Number(amount ?? Number(dozens) * 12), note }
    },
    Delivered: ({ pieces }) => ({ type: 'ProductRestocked', amount: Number(pieces) }),
  }

  onProductRestocked() {}
}

let server: Server
let received: Received[]
let answer: (request: Received) => { status?: number; body?: unknown }
let handler: ReturnType<typeof feedHandler>

beforeEach(async () => {
  process.env.PRODUCT_TABLE = 'Products'
  for (const level of ['info', 'error'] as const) jest.spyOn(console, level).mockReturnValue()
  received = []
  answer = () => ({})
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString())
      received.push({ headers: request.headers, ...body })
      const { status = 200, body: reply = { data: {} } } = answer({ headers: {}, ...body })
      response.writeHead(status).end(JSON.stringify(reply))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/graphql`
  const role = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'KEY', AWS_SECRET_ACCESS_KEY: 's' }
  handler = feedHandler([FEED], signedPublisher(functionSigner(url, role)), { Product })
})

afterEach(async () => {
  jest.restoreAllMocks()
  delete process.env.PRODUCT_TABLE
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function record(number: number, change: Partial<Record<string, unknown>> = {}): DynamoDBRecord {
  const item = {
    id: 'a',
    number,
    type: 'ProductRestocked',
    created: '2030-01-01T00:00:00.000Z',
    amount: number * 10,
    meta: { commandId: `c${number}`, traceId: '1-2-3' },
    ...change,
  }
  const image: NonNullable<DynamoDBRecord['dynamodb']>['NewImage'] = JSON.parse(
    JSON.stringify(marshall(item, { removeUndefinedValues: true })),
  )
  return {
    eventName: 'INSERT',
    eventSourceARN: 'arn:aws:dynamodb:eu-central-1:000000000000:table/Products/stream/now',
    dynamodb: { SequenceNumber: `${number}`, NewImage: image },
  }
}

const failures = async (...records: DynamoDBRecord[]) =>
  (await handler({ Records: records })).batchItemFailures.map(
    ({ itemIdentifier }) => itemIdentifier,
  )

test('a batch is published in one signed request, in order, with every field of the events', async () => {
  expect(await failures(record(1), record(2))).toEqual([])
  expect(received).toHaveLength(1)
  expect(received[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=KEY\/.*appsync/)
  expect(received[0]?.query).toMatch(/e0: publishProductEvent\(event: \$e0\)\s+{.+}\s+e1: publish/)
  for (const field of FEED.fields) expect(received[0]?.query).toContain(field)
  expect(received[0]?.variables).toMatchObject({
    e0: { id: 'a', number: 1, amount: 10, commandId: 'c1', traceId: '1-2-3' },
    e1: { id: 'a', number: 2, amount: 20, commandId: 'c2' },
  })
})

test('the errors are in the body of an answer 200: the batch is held back from the first on', async () => {
  answer = () => ({
    body: {
      data: {},
      errors: [
        { path: ['e2'], message: 'x' },
        { path: ['e1'], message: 'y' },
      ],
    },
  })
  expect(await failures(record(1), record(2), record(3))).toEqual(['2'])
})

test.each([
  ['an error of the request as a whole', { body: { errors: [{ message: 'no such field' }] } }],
  ['an outage', { status: 503, body: 'down' }],
  ['a refusal', { status: 401, body: { errors: [{ errorType: 'UnauthorizedException' }] } }],
  ['an answer that is no GraphQL', { body: 'what?' }],
])('%s holds back the whole batch', async (_, reply) => {
  answer = () => reply
  expect(await failures(record(1), record(2))).toEqual(['1'])
})

test('an API that cannot be reached holds back the whole batch', async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  expect(await failures(record(1), record(2))).toEqual(['1'])
})

test('an event that is too large for a message goes out truncated', async () => {
  expect(await failures(record(1, { note: 'x'.repeat(300_000) }), record(2))).toEqual([])
  expect(received[0]?.variables.e0).toEqual({
    id: 'a',
    number: 1,
    type: 'ProductRestocked',
    created: '2030-01-01T00:00:00.000Z',
    commandId: 'c1',
    traceId: '1-2-3',
    truncated: true,
  })
  expect(received[0]?.variables.e1).not.toHaveProperty('truncated')
})

test('a batch that one request cannot hold goes out in several, in order', async () => {
  const records = Array.from({ length: 12 }, (_, index) =>
    record(index + 1, { note: 'x'.repeat(200_000) }),
  )
  expect(await failures(...records)).toEqual([])
  expect(received.length).toBeGreaterThan(2)
  const numbers = received.flatMap(({ variables }) => Object.values(variables)).map((e) => e.number)
  expect(numbers).toEqual(records.map((_, index) => index + 1))
})

test('what fails in the second request holds back from there on, and nothing is sent after it', async () => {
  answer = ({ variables }) =>
    variables.e0?.number === 1 ? {} : { body: { errors: [{ path: ['e1'], message: 'x' }] } }
  const records = Array.from({ length: 12 }, (_, index) =>
    record(index + 1, { note: 'x'.repeat(200_000) }),
  )
  const second = Number((await failures(...records))[0])
  expect(second).toBe(Object.keys(received[0]?.variables ?? {}).length + 2)
  expect(received).toHaveLength(2)
})

test('a change or removal of an event is told to the log, and never published', async () => {
  const tampered = (eventName: 'MODIFY' | 'REMOVE') => ({ ...record(1), eventName })
  const noEvent = record(3, { meta: null, type: 7 })
  expect(await failures(tampered('MODIFY'), tampered('REMOVE'), noEvent, record(2))).toEqual([])
  expect(Object.values(received[0]?.variables ?? {}).map(({ number }) => number)).toEqual([2])
  const lines = jest.mocked(console.error).mock.calls.map(([line]) => line)
  expect(lines).toContainEqual(expect.objectContaining({ tampering: 'MODIFY' }))
  expect(lines).toContainEqual(expect.objectContaining({ tampering: 'REMOVE' }))
})

test('each published event has a line in the log, by the trace of its command', async () => {
  await failures(record(1))
  expect(jest.mocked(console.info)).toHaveBeenCalledWith(
    expect.objectContaining({ about: 'feed', id: 'a', number: 1, traceId: '1-2-3' }),
  )
})

const published = () =>
  received.flatMap(({ variables }) => Object.values(variables)).map(({ number }) => number)

test('an old event is published in today’s shape, and is as it was otherwise', async () => {
  expect(await failures(record(1, { amount: undefined, dozens: 2 }), record(2))).toEqual([])
  expect(received[0]?.variables).toEqual({
    e0: {
      id: 'a',
      number: 1,
      type: 'ProductRestocked',
      created: '2030-01-01T00:00:00.000Z',
      amount: 24,
      commandId: 'c1',
      traceId: '1-2-3',
    },
    e1: expect.objectContaining({ number: 2, amount: 20 }),
  })
})

test('an event of a renamed type is published, and logged, under today’s name', async () => {
  expect(await failures(record(1, { type: 'Delivered', pieces: 7 }))).toEqual([])
  expect(received[0]?.variables.e0).toMatchObject({ type: 'ProductRestocked', amount: 7 })
  expect(jest.mocked(console.info)).toHaveBeenCalledWith(
    expect.objectContaining({ about: 'feed', number: 1, type: 'ProductRestocked' }),
  )
})

test('an event whose upcaster fails holds back from there on, after what comes before it', async () => {
  const old = record(3, { amount: undefined, dozens: 'two' })
  expect(await failures(record(1), record(2), old, record(4))).toEqual(['3'])
  expect(published()).toEqual([1, 2])
  expect(jest.mocked(console.error)).toHaveBeenCalledWith(
    expect.objectContaining({
      about: 'feed',
      resource: 'Product',
      id: 'a',
      number: 3,
      type: 'ProductRestocked',
      traceId: '1-2-3',
      error: expect.objectContaining({
        name: 'CorruptHistory',
        cause: expect.objectContaining({ message: 'two is no number' }),
      }),
    }),
  )
})

test('where publishing fails before a failing upcaster, the batch is held back from the former', async () => {
  answer = () => ({ body: { data: {}, errors: [{ path: ['e1'], message: 'x' }] } })
  const old = record(3, { amount: undefined, dozens: 'two' })
  expect(await failures(record(1), record(2), old)).toEqual(['2'])
})

test('a batch that begins with an event whose upcaster fails publishes nothing', async () => {
  expect(await failures(record(1, { amount: undefined, dozens: 'x' }), record(2))).toEqual(['1'])
  expect(received).toEqual([])
})
