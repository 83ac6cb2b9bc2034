import type { Readable } from 'node:stream'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** The requests to DynamoDB and the capacity that they consume. */
export interface Cost {
  readonly requests: number
  readonly readUnits: number
  readonly writeUnits: number
}

const READS = ['GetItem', 'Query', 'Scan']

/** Counts the HTTP requests of one client, and the capacity that the answers report. */
export class Meter {
  #requests = 0
  #readUnits = 0
  #writeUnits = 0

  countRequest(): void {
    this.#requests += 1
  }

  countUnits(operation: string, units: number): void {
    if (READS.includes(operation)) this.#readUnits += units
    else this.#writeUnits += units
  }

  /** Returns the counts since the last call. */
  take(): Cost {
    const cost = {
      requests: this.#requests,
      readUnits: this.#readUnits,
      writeUnits: this.#writeUnits,
    }
    this.#requests = 0
    this.#readUnits = 0
    this.#writeUnits = 0
    return cost
  }
}

export interface MeteredClient {
  readonly client: DynamoDBClient
  readonly meter: Meter
}

/**
 * Returns a client that counts what it sends. It counts below the SDK, because our store reads
 * answers in another way if the client has middleware.
 * @param maxAttempts default: the default of the SDK
 */
export function meteredClient(endpoint: string, maxAttempts = 3): MeteredClient {
  const meter = new Meter()
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    maxAttempts,
  })
  const { requestHandler } = client.config
  const handle = requestHandler.handle.bind(requestHandler)
  requestHandler.handle = async (request: Sent, options) => {
    meter.countRequest()
    const [, operation = ''] = request.headers['x-amz-target']?.split('.') ?? []
    const result = await handle(withCapacity(request), options)
    const { statusCode, body }: { statusCode: number; body: Readable } = result.response
    readEnds(body, (ends) => meter.countUnits(operation, unitsOf(statusCode, ends)))
    return result
  }
  return { client, meter }
}

type Sent = Parameters<DynamoDBClient['config']['requestHandler']['handle']>[0]

/** Returns a request that asks for the consumed capacity. */
function withCapacity(request: Sent): Sent {
  const { body: sent } = request
  const body =
    typeof sent === 'string'
      ? sent
      : Buffer.from(sent.buffer, sent.byteOffset, sent.byteLength).toString()
  if (body.includes('"ReturnConsumedCapacity"')) return request
  request.body = body.replace('{', '{"ReturnConsumedCapacity":"TOTAL",')
  request.headers['content-length'] = `${Buffer.byteLength(request.body)}`
  return request
}

/** Uses the first chunk of a body and the last two, which contain the consumed capacity. */
function readEnds(body: Readable, use: (ends: string) => void): void {
  let first: Buffer | undefined
  let last: Buffer[] = []
  body.on('data', (chunk: Buffer) => {
    if (first) last = [...last.slice(-1), chunk]
    else first = chunk
  })
  body.on('end', () => use([first ?? '', ...last].join('')))
}

function unitsOf(status: number, answer: string): number {
  // The answer does not report the capacity: AWS bills a refused put of up to 1 KB as one write unit.
  if (status !== 200) return answer.includes('ConditionalCheckFailedException') ? 1 : 0
  const [, units = 0] = /"CapacityUnits":([\d.]+)/.exec(answer) ?? []
  return Number(units)
}
