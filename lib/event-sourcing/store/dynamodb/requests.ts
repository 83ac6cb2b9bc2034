import { types } from 'node:util'
import { type DynamoDBClient, DynamoDBServiceException } from '@aws-sdk/client-dynamodb'
import { getEndpointFromInstructions } from '@smithy/core/endpoints'
import { isPlainObject } from '../../state/state.ts'
import type { Item } from './items.ts'

/** The DynamoDB operations that stores use. */
export type Operation =
  | 'BatchWriteItem'
  | 'GetItem'
  | 'PutItem'
  | 'Query'
  | 'Scan'
  | 'TransactWriteItems'

/**
 * The most items of a page of a scan or of a list. A page of 1 MB has as many items of 200 bytes.
 * Without a limit, the emulator dynoxide reads everything that is left for each page.
 */
export const MOST_ITEMS = 5000

/** The options of one request, which has to end within the remaining time. */
export interface AttemptOptions {
  readonly abortSignal: AbortSignal
}

export interface FailureMetadata {
  readonly httpStatusCode: number
  /** Whether the signature had a wrong date. The next signature uses the corrected clock. */
  readonly clockSkewCorrected: boolean
}

/** An error response from DynamoDB. */
export interface Failure<Name extends string> extends DynamoDBServiceException {
  readonly name: Name
  /** The existing item that made a conditional put fail. */
  readonly Item?: Item
  /** One reason for each item of a canceled transaction. */
  readonly CancellationReasons?: readonly {
    readonly Code?: string
    readonly Item?: Item
  }[]
}

type Json = Record<string, unknown>
type Decode = (body: Buffer) => object | undefined

/**
 * The SDK middleware that is removed, because it takes three times as long as the request itself.
 * Stores write and read DynamoDB's JSON and retry failures themselves.
 */
const LEFT_OUT = [
  'contentLengthMiddleware',
  'deserializerMiddleware',
  'getUserAgentMiddleware',
  'hostHeaderMiddleware',
  'httpAuthSchemeMiddleware',
  'httpSigningMiddleware',
  'loggerMiddleware',
  'recursionDetectionMiddleware',
  'retryMiddleware',
  'serializerMiddleware',
]

/** The inputs of endpoint resolution, as the SDK names them. */
const ENDPOINT_PARAMETERS = {
  UseFIPS: { type: 'builtInParams', name: 'useFipsEndpoint' },
  AccountId: { type: 'builtInParams', name: 'accountId' },
  Endpoint: { type: 'builtInParams', name: 'endpoint' },
  Region: { type: 'builtInParams', name: 'region' },
  UseDualStack: { type: 'builtInParams', name: 'useDualstackEndpoint' },
  AccountIdEndpointMode: { type: 'builtInParams', name: 'accountIdEndpointMode' },
} as const

/** The tolerated clock difference in milliseconds. A signature is valid for five minutes. */
const CLOCK_SKEW = 240_000

/** The failures that occurred before a request was sent. */
const unsent = new WeakSet<object>()

/** Whether a request failed before it was sent, for example without a region or credentials. */
export function wasNeverSent(failure: Error): boolean {
  return unsent.has(failure)
}

const senders = new WeakMap<DynamoDBClient, Sender>()

/**
 * Sends one request in DynamoDB's JSON and returns the response. The client provides the endpoint,
 * the credentials and the connections. Custom middleware of the client runs; the SDK's own
 * middleware is skipped.
 * @param decode a faster way to read a response; undefined for a response that it cannot read. Not
 * used with custom middleware, which needs the parsed JSON.
 * @throws Failure
 */
export function send(
  client: DynamoDBClient,
  operation: Operation,
  input: object,
  options: AttemptOptions,
  decode?: Decode,
): Promise<object> {
  const sender = senders.get(client) ?? new Sender(client)
  senders.set(client, sender)
  return sender.send(operation, input, options, decode)
}

export function isFailure<Name extends string>(error: unknown, name: Name): error is Failure<Name> {
  return error instanceof DynamoDBServiceException && error.name === name
}

/** Returns the error for a response that does not match DynamoDB's documented format. */
function unreadable(message: string): Error {
  return Object.assign(new SyntaxError(message), { $metadata: { httpStatusCode: 200 } })
}

/** The content of a response to a query or a scan. */
export interface Items {
  readonly items: readonly Item[]
  /** The start of the next page. Undefined on the last page. */
  readonly next: Item | undefined
  /** The consumed capacity: one unit per 4 KB read. 1 if the request did not ask for it. */
  readonly units: number
}

/**
 * Returns the content of a response to a query or a scan. A response without a list is not from
 * DynamoDB. As an empty list, it would hide items.
 * @throws an error that `read` retries
 */
export function itemsIn(received: object): Items {
  if (!hasItems(received)) throw unreadable('The response to a read has no list of items')
  const { Items: items, LastEvaluatedKey: next, ConsumedCapacity: capacity } = received
  return { items, next, units: capacity?.CapacityUnits ?? 1 }
}

interface WithItems {
  readonly Items: readonly Item[]
  readonly LastEvaluatedKey?: Item
  readonly ConsumedCapacity?: { readonly CapacityUnits?: number }
}

function hasItems(received: object): received is WithItems {
  return 'Items' in received && Array.isArray(received.Items)
}

interface Request {
  readonly method: string
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly query: Record<string, string>
  readonly headers: Record<string, string>
  readonly body: string
}

class Sender {
  readonly #config: DynamoDBClient['config']
  /** The client's custom middleware, without the SDK's own. */
  readonly #middleware: DynamoDBClient['middlewareStack']
  readonly #isBare: boolean
  readonly #signer = kept(() => this.#config.signer())
  readonly #url = kept(async () => {
    const parameters = { getEndpointParameterInstructions: () => ENDPOINT_PARAMETERS }
    return (await getEndpointFromInstructions({}, parameters, this.#config)).url
  })

  constructor(client: DynamoDBClient) {
    this.#config = client.config
    this.#middleware = client.middlewareStack.clone()
    for (const name of LEFT_OUT) this.#middleware.remove(name)
    this.#isBare = this.#middleware.identify().length === 0
  }

  async send(
    operation: Operation,
    input: object,
    options: AttemptOptions,
    decode?: Decode,
  ): Promise<object> {
    if (this.#isBare) return this.#exchange(await this.#request(operation, input), options, decode)
    const stack = this.#middleware.clone()
    stack.add(
      (next) => async (args) =>
        next({ ...args, request: await this.#request(operation, args.input) }),
      { step: 'serialize', priority: 'high' },
    )
    const names = { clientName: 'DynamoDBClient', commandName: `${operation}Command` }
    const handler = stack.resolve(async ({ request }) => {
      if (!isRequest(request)) throw new TypeError('A middleware of the client removed the request')
      const output = { $metadata: {}, ...(await this.#exchange(request, options)) }
      return { response: undefined, output }
    }, names)
    return { ...(await handler({ input })).output }
  }

  async #request(operation: Operation, input: object): Promise<Request> {
    const { protocol, host, hostname, port, pathname } = await beforeSending(() => this.#url())
    const body = JSON.stringify(input)
    return {
      method: 'POST',
      protocol,
      hostname,
      ...(port && { port: Number(port) }),
      path: pathname,
      query: {},
      headers: {
        host,
        'content-type': 'application/x-amz-json-1.0',
        'content-length': `${Buffer.byteLength(body)}`,
        'x-amz-target': `DynamoDB_20120810.${operation}`,
      },
      body,
    }
  }

  async #exchange(request: Request, options: AttemptOptions, decode?: Decode): Promise<object> {
    const config = this.#config
    const signingDate = new Date(Date.now() + config.systemClockOffset)
    const signed = await beforeSending(async () =>
      (await this.#signer()).sign(request, { signingDate }),
    )
    const { statusCode, headers, bytes } = await this.#carry(signed, options)
    if (statusCode === 200) {
      const answer = decode?.(bytes) ?? parsed(`${bytes}`)
      if (answer) return answer
      throw unreadable('The response is not a JSON object')
    }
    const offset = clockOffset(headers.date)
    const clockSkewCorrected = offset !== undefined && offset !== config.systemClockOffset
    if (clockSkewCorrected) config.systemClockOffset = offset
    throw failure(`${bytes}`, { httpStatusCode: statusCode, clockSkewCorrected })
  }

  async #carry(signed: unknown, options: AttemptOptions) {
    try {
      const { response } = await this.#config.requestHandler.handle(signed, options)
      const { statusCode, headers, body } = response
      return { statusCode, headers, bytes: await bytesOf(body) }
    } catch (error) {
      throw ofThisRealm(error)
    }
  }
}

/** Does a step before a request is sent, and marks its failure. */
async function beforeSending<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    const failure = ofThisRealm(error)
    if (failure instanceof Error) unsent.add(failure)
    throw failure
  }
}

/**
 * Converts an error of Node.js to this realm's `Error`. In a separate context, as in tests,
 * `instanceof Error` is false for it.
 */
function ofThisRealm(error: unknown): unknown {
  if (error instanceof Error || !types.isNativeError(error)) return error
  const { message, name, stack } = error
  return Object.assign(new Error(message), { ...error, name, stack })
}

function isRequest(request: unknown): request is Request {
  return typeof request === 'object' && request !== null && 'headers' in request
}

/** Runs the work once and caches its result. A failure is not cached, so the next call retries. */
function kept<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= work().catch((error: unknown) => {
      result = undefined
      throw error
    })
    return result
  }
}

/**
 * Returns how far DynamoDB's clock is ahead, in milliseconds. Returns undefined for a tolerated
 * difference.
 */
function clockOffset(date = ''): number | undefined {
  const offset = Date.parse(date) - Date.now()
  return Math.abs(offset) > CLOCK_SKEW ? offset : undefined
}

function bytesOf(body: NodeJS.ReadableStream): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    body.on('data', (chunk: Buffer) => chunks.push(chunk))
    body.on('end', () => resolve(Buffer.concat(chunks)))
    body.on('error', reject)
  })
}

/** Returns undefined if the text is not a JSON object. */
function parsed(text: string): Json | undefined {
  try {
    const answer: unknown = JSON.parse(text)
    return isPlainObject(answer) ? answer : undefined
  } catch {
    return undefined
  }
}

/** Returns an error response as the exception that the SDK would throw. */
function failure(text: string, metadata: FailureMetadata): Error {
  const { httpStatusCode: status } = metadata
  const { __type, message, Message, ...rest } = parsed(text) ?? {}
  const exception = new DynamoDBServiceException({
    name: String(__type ?? 'UnknownError').replace(/^.*#/, ''),
    message: String(
      message ?? Message ?? (text || `DynamoDB answered with the HTTP status ${status}`),
    ),
    $fault: status < 500 ? 'client' : 'server',
    $metadata: metadata,
  })
  return Object.assign(exception, rest)
}
