import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type ClientOptions, clientFor } from './client.ts'
import type { TestDynamoDB } from './dynamodb.ts'
import { eventually } from './eventually.ts'

/** What happens to a request on its way to DynamoDB. */
export type Fault =
  /** The connection is cut. DynamoDB never sees the request. */
  | 'cut'
  /** DynamoDB carries it out, and the connection is cut instead of answering. */
  | 'answer lost'
  /** DynamoDB carries it out; half of the answer arrives, and nothing after it. */
  | 'answer halved'
  /** No answer ever comes. DynamoDB never sees the request. */
  | 'silence'
  /** An answer that says so. DynamoDB never sees the request. */
  | { readonly status: number; readonly error: string; readonly details?: object }
  /** Held back until then, whoever still waits for it, and passed on. */
  | { readonly until: Promise<unknown> }

export interface Request {
  /** `Query`, `Scan`, `PutItem`, `TransactWriteItems` … */
  readonly operation: string
  /** Which of the requests of this operation: 1, 2 … */
  readonly count: number
  /** How many requests are under way, this one among them. */
  readonly atOnce: number
}

export interface DynamoDBProxy {
  readonly endpoint: string
  /** Says what happens to a request; undefined: it passes. Default, before each test: all pass. */
  fault: (request: Request) => Fault | undefined
  /** The first so many requests of an operation meet a fault. Default: all. */
  fail(operation: string, fault: Fault, upTo?: number): void
  /** All requests of the test, in the order they came. */
  readonly requests: readonly Request[]
  /** The read capacity that queries and scans have consumed, in DynamoDB's units. */
  readonly capacity: number
  count(operation: string): number
  /** A client whose requests come through here. Default: it makes one attempt. */
  client(options?: ClientOptions): DynamoDBClient
  /** Accepts no further connection. */
  close(): void
  /** Waits until no request is under way. */
  idle(): Promise<unknown>
}

export const THROTTLED = { status: 400, error: 'ProvisionedThroughputExceededException' } as const
export const CONFLICTING = { status: 400, error: 'TransactionConflictException' } as const
export const BROKEN = { status: 500, error: 'InternalServerError' } as const
export const DENIED = { status: 400, error: 'AccessDeniedException' } as const

/** What passes by itself, with its name in a test: "a query that is …". */
export const PASSING: [string, Fault][] = [
  ['throttled', THROTTLED],
  ['throttled by the request rate', { status: 400, error: 'ThrottlingException' }],
  ['a failure inside DynamoDB', BROKEN],
  ['sent to an unavailable DynamoDB', { status: 503, error: 'ServiceUnavailable' }],
  ['cut off', 'cut'],
  ['cut off instead of answered', 'answer lost'],
  ['not answered', 'silence'],
]

/** A proxy before the emulator, new for each test: what is between a function and DynamoDB. */
export function withDynamoDBProxy(dynamodb: TestDynamoDB): DynamoDBProxy {
  let server: Server
  let clients: DynamoDBClient[]
  let requests: Request[]
  let underWay: number
  let capacity: number

  const proxy: DynamoDBProxy = {
    fault: () => undefined,
    fail(operation, fault, upTo = Number.POSITIVE_INFINITY) {
      proxy.fault = (request) =>
        request.operation === operation && request.count <= upTo ? fault : undefined
    },
    get endpoint() {
      const { port } = server.address() as AddressInfo
      return `http://127.0.0.1:${port}`
    },
    get requests() {
      return requests
    },
    get capacity() {
      return capacity
    },
    count: (operation) => requests.filter((request) => request.operation === operation).length,
    client(options) {
      const client = clientFor(proxy.endpoint, { maxAttempts: 1, ...options })
      clients.push(client)
      return client
    },
    close: () => server.close(),
    idle: () => eventually(async () => underWay === 0 || undefined),
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = `${incoming.headers['x-amz-target']}`.split('.').at(-1) ?? ''
    const count = proxy.count(operation) + 1
    const request = { operation, count, atOnce: underWay + 1 }
    requests.push(request)
    underWay += 1
    try {
      await answer(incoming, response, proxy.fault(request))
    } finally {
      underWay -= 1
    }
  }

  async function answer(
    incoming: IncomingMessage,
    response: ServerResponse,
    fault: Fault | undefined,
  ): Promise<void> {
    const body = await textOf(incoming)
    if (fault === 'cut') return void incoming.socket.destroy()
    if (fault === 'silence') return
    if (typeof fault === 'object' && 'status' in fault) {
      const { status, error, details } = fault
      const content = { __type: `com.amazonaws.dynamodb.v20120810#${error}`, message: error }
      return void response.writeHead(status, JSON_1).end(JSON.stringify({ ...content, ...details }))
    }
    if (typeof fault === 'object') await fault.until
    const { status, text } = await passOn(incoming, body)
    if (fault === 'answer lost') return void incoming.socket.destroy()
    if (fault !== 'answer halved') return void response.writeHead(status, JSON_1).end(text)
    const length = { 'content-length': Buffer.byteLength(text) }
    response.writeHead(status, { ...JSON_1, ...length }).write(text.slice(0, text.length / 2))
  }

  async function passOn(incoming: IncomingMessage, body: string) {
    const target = `${incoming.headers['x-amz-target']}`
    const isRead = /\.(Query|Scan)$/.test(target)
    const answer = await fetch(dynamodb.endpoint, {
      method: 'POST',
      headers: {
        ...JSON_1,
        'x-amz-target': target,
        'x-amz-date': `${incoming.headers['x-amz-date']}`,
        authorization: `${incoming.headers.authorization}`,
      },
      body: isRead
        ? JSON.stringify({ ...JSON.parse(body), ReturnConsumedCapacity: 'TOTAL' })
        : body,
    })
    const text = await answer.text()
    if (isRead && answer.ok) capacity += JSON.parse(text).ConsumedCapacity.CapacityUnits
    return { status: answer.status, text }
  }

  beforeEach(async () => {
    clients = []
    requests = []
    underWay = 0
    capacity = 0
    proxy.fault = () => undefined
    server = createServer((incoming, response) => {
      serve(incoming, response).catch((error: Error) => response.destroy(error))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })

  afterEach(async () => {
    for (const client of clients) client.destroy()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  return proxy
}

const JSON_1 = { 'content-type': 'application/x-amz-json-1.0' }

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
