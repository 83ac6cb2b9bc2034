import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type ClientOptions, clientFor } from './client.ts'
import type { TestDynamoDB } from './dynamodb.ts'
import { eventually } from './eventually.ts'

/** The fault of a request on its way to DynamoDB. */
export type Fault =
  /** Cuts the connection. DynamoDB never receives the request. */
  | 'cut'
  /** DynamoDB runs the request. The connection is cut before the answer. */
  | 'answer lost'
  /** DynamoDB runs the request. Half of the answer arrives, and nothing after it. */
  | 'answer halved'
  /** Sends no answer. DynamoDB never receives the request. */
  | 'silence'
  /** Answers with this error. DynamoDB never receives the request. */
  | { readonly status: number; readonly error: string; readonly details?: object }
  /**
   * Holds the request until the promise settles, then forwards it, even if the client has given up.
   */
  | { readonly until: Promise<unknown> }

export interface Request {
  /** `Query`, `Scan`, `PutItem`, `TransactWriteItems` … */
  readonly operation: string
  /** The position among the requests of this operation: 1, 2 … */
  readonly count: number
  /** The number of requests in flight, including this one. */
  readonly atOnce: number
}

export interface DynamoDBProxy {
  readonly endpoint: string
  /**
   * Returns the fault of a request; undefined forwards it. Default, reset before each test:
   * forwards all.
   */
  fault: (request: Request) => Fault | undefined
  /** Applies a fault to the first `upTo` requests of an operation. Default: all. */
  fail(operation: string, fault: Fault, upTo?: number): void
  /** All requests of the test, in order of arrival. */
  readonly requests: readonly Request[]
  /** The read capacity that queries and scans have consumed, in DynamoDB's units. */
  readonly capacity: number
  count(operation: string): number
  /** Returns a client whose requests go through the proxy. Default: it makes one attempt. */
  client(options?: ClientOptions): DynamoDBClient
  /** Stops accepting connections. */
  close(): void
  /** Waits until no request is in flight. */
  idle(): Promise<unknown>
}

export const THROTTLED = { status: 400, error: 'ProvisionedThroughputExceededException' } as const
export const CONFLICTING = { status: 400, error: 'TransactionConflictException' } as const
export const BROKEN = { status: 500, error: 'InternalServerError' } as const
export const DENIED = { status: 400, error: 'AccessDeniedException' } as const

/** Transient faults, each with its name in a test: "a query that is …". */
export const PASSING: [string, Fault][] = [
  ['throttled', THROTTLED],
  ['throttled by the request rate', { status: 400, error: 'ThrottlingException' }],
  ['a failure inside DynamoDB', BROKEN],
  ['sent to an unavailable DynamoDB', { status: 503, error: 'ServiceUnavailable' }],
  ['cut off', 'cut'],
  ['cut off instead of answered', 'answer lost'],
  ['not answered', 'silence'],
]

/**
 * Starts a proxy in front of the emulator for each test: the network between a function and
 * DynamoDB.
 */
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
