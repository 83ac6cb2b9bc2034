import { Agent, request } from 'node:http'

/**
 * Sends the three calls that read a stream. A stream is polled many times a second, and the SDK's
 * client takes ten times the processor time for a poll. The raw answers also have the shape that
 * Lambda passes to a function. An emulator does not check signatures.
 */
export class StreamClient {
  readonly #endpoint: URL
  readonly #agent = new Agent({ keepAlive: true })

  constructor(endpoint: string) {
    this.#endpoint = new URL(endpoint)
  }

  describeStream(input: { StreamArn: string; ExclusiveStartShardId?: string }) {
    return this.#call<{ StreamDescription?: StreamDescription }>('DescribeStream', input)
  }

  getShardIterator(input: ShardIteratorInput) {
    return this.#call<{ ShardIterator?: string }>('GetShardIterator', input)
  }

  getRecords(input: { ShardIterator: string; Limit: number }) {
    return this.#call<{ Records?: RawRecord[]; NextShardIterator?: string }>('GetRecords', input)
  }

  /** Ends the connections. */
  destroy(): void {
    this.#agent.destroy()
  }

  #call<Output>(operation: string, input: object): Promise<Output> {
    return new Promise((resolve, reject) => {
      const call = request(this.#endpoint, {
        method: 'POST',
        agent: this.#agent,
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
          'x-amz-date': '20260101T000000Z',
          authorization: UNSIGNED,
        },
      })
      call.on('error', reject)
      call.on('response', (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          body += chunk
        })
        response.on('error', reject)
        response.on('end', () => {
          if (response.statusCode === 200) resolve(JSON.parse(body))
          else reject(new StreamError(operation, body))
        })
      })
      call.end(JSON.stringify(input))
    })
  }
}

/** A rejected call. Its `code` is the name of the service's exception. */
export class StreamError extends Error {
  override readonly name = 'StreamError'
  readonly code: string

  constructor(operation: string, body: string) {
    super(`${operation} failed: ${body}`)
    this.code = /#(\w+)"/.exec(body)?.[1] ?? 'Unknown'
  }
}

export interface StreamDescription {
  readonly Shards?: readonly { readonly ShardId: string; readonly ParentShardId?: string }[]
  readonly LastEvaluatedShardId?: string
}

export interface ShardIteratorInput {
  readonly StreamArn: string
  readonly ShardId: string
  readonly ShardIteratorType: 'TRIM_HORIZON' | 'AFTER_SEQUENCE_NUMBER'
  readonly SequenceNumber?: string
}

/** A record in the service's answer. */
export interface RawRecord {
  readonly eventID: string
  readonly eventName: string
  readonly eventVersion?: string
  readonly userIdentity?: unknown
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number
    readonly SequenceNumber: string
    readonly [field: string]: unknown
  }
}

const UNSIGNED =
  'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, ' +
  'SignedHeaders=host, Signature=unsigned'
