import { Agent, request } from 'node:http'

export type WireItem = Record<string, unknown>

export interface WireAnswer {
  readonly Items?: readonly WireItem[]
  readonly LastEvaluatedKey?: WireItem
  readonly UnprocessedItems?: Record<string, readonly unknown[]>
}

/**
 * A minimal client of DynamoDB's JSON protocol over keep-alive connections: no SDK, no signature.
 */
export class Wire {
  readonly #agent = new Agent({ keepAlive: true, noDelay: true })
  readonly #endpoint: string

  constructor(endpoint: string) {
    this.#endpoint = endpoint
  }

  async send(operation: string, body: object): Promise<WireAnswer> {
    const { status, text } = await this.#post(operation, JSON.stringify(body))
    if (status !== 200) throw new Error(`${operation} was answered ${status}: ${text}`)
    const answer: WireAnswer = JSON.parse(text)
    return answer
  }

  destroy(): void {
    this.#agent.destroy()
  }

  #post(operation: string, body: string): Promise<{ status: number | undefined; text: string }> {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(body),
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20300101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=bench/20300101/us-east-1/dynamodb/aws4_request, ' +
        'SignedHeaders=host;x-amz-date, Signature=0',
    }
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', headers, agent: this.#agent }
      const outgoing = request(this.#endpoint, options, (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode, text: Buffer.concat(chunks).toString() }),
        )
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }
}
