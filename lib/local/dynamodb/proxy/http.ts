/** A request to DynamoDB. */
export interface HttpRequest {
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** An error response in place of DynamoDB's. */
export interface Refusal {
  readonly status: number
  /** `com.amazonaws.dynamodb.v20120810#ThrottlingException` */
  readonly type: string
  readonly message: string
}

/** DynamoDB's limit for a request is 16 MB. */
const LARGEST_BODY = 16 * 2 ** 20
const LARGEST_HEAD = 64 * 2 ** 10
const EMPTY = Buffer.alloc(0)
const END_OF_HEAD = '\r\n\r\n'
const HEADER = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([\t\x20-\x7e]*?)[ \t]*$/

/**
 * Reads the requests on a connection. Accepts only the HTTP of the AWS SDKs: POST with a
 * Content-Length.
 */
export class HttpRequests {
  #chunks: Buffer[] = []
  #buffered: Buffer = EMPTY
  #head: Head | undefined

  /**
   * Returns the requests that are complete with these bytes.
   * @throws Error for any other HTTP
   */
  push(chunk: Buffer): HttpRequest[] {
    this.#chunks.push(chunk)
    const received = this.#chunks.reduce((sum, { length }) => sum + length, 0)
    // Joins the chunks of a large body only once.
    if (this.#head && received < this.#head.end + this.#head.length) return []
    this.#buffered = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks)
    const complete: HttpRequest[] = []
    for (let next = this.#next(); next; next = this.#next()) complete.push(next)
    this.#chunks = this.#buffered.length === 0 ? [] : [this.#buffered]
    return complete
  }

  #next(): HttpRequest | undefined {
    this.#head ??= this.#readHead()
    if (!this.#head) return undefined
    const { headers, end, length } = this.#head
    if (this.#buffered.length < end + length) return undefined
    const body = this.#buffered.subarray(end, end + length)
    this.#buffered = this.#buffered.subarray(end + length)
    this.#head = undefined
    return { headers, body }
  }

  #readHead(): Head | undefined {
    const at = this.#buffered.indexOf(END_OF_HEAD)
    if (at < 0) {
      if (this.#buffered.length > LARGEST_HEAD) throw new Error('the headers are too large')
      return undefined
    }
    const [first = '', ...lines] = this.#buffered.toString('latin1', 0, at).split('\r\n')
    if (!/^POST \S+ HTTP\/1\.1$/.test(first)) throw new Error(`it must be a POST; got ${first}`)
    const headers: Record<string, string> = {}
    for (const line of lines) {
      const [, name = '', value = ''] = HEADER.exec(line) ?? []
      if (name === '') throw new Error(`a header is malformed: ${line}`)
      headers[name.toLowerCase()] = value
    }
    const { 'content-length': given = '', 'transfer-encoding': encoding } = headers
    const length = /^\d+$/.test(given) ? Number(given) : Number.POSITIVE_INFINITY
    if (encoding !== undefined || length > LARGEST_BODY)
      throw new Error('it must have a Content-Length of at most 16 MB')
    return { headers, end: at + END_OF_HEAD.length, length }
  }
}

interface Head {
  readonly headers: Readonly<Record<string, string>>
  /** The position of the body. */
  readonly end: number
  /** The bytes of the body. */
  readonly length: number
}

/** The headers that DynamoDB reads. The others end here. */
const PASSED = ['authorization', 'content-type', 'x-amz-date', 'x-amz-target']

/** Writes a request for the target. Headers come from single lines, so a value cannot add another. */
export function requestBytes({ headers, body }: HttpRequest, target: URL): Buffer {
  const head = [
    `POST ${target.pathname} HTTP/1.1`,
    `host: ${target.host}`,
    ...PASSED.flatMap((name) => (headers[name] === undefined ? [] : [`${name}: ${headers[name]}`])),
    `content-length: ${body.length}`,
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}${END_OF_HEAD}`, 'latin1'), body])
}

/** Writes a response in the form of DynamoDB's errors. */
export function errorBytes({ status, type, message }: Refusal): Buffer {
  const body = JSON.stringify({ __type: type, Message: message })
  const head = [
    `HTTP/1.1 ${status} ${status < 500 ? 'Bad Request' : 'Internal Server Error'}`,
    'content-type: application/x-amz-json-1.0',
    `content-length: ${Buffer.byteLength(body)}`,
    `date: ${new Date().toUTCString()}`,
  ]
  return Buffer.from(`${head.join('\r\n')}${END_OF_HEAD}${body}`)
}
