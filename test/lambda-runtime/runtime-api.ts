import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { FunctionError } from '../../lib/local/lambda/index.ts'

const PREFIX = '/2018-06-01/runtime/'

/** A runtime posts the result or the error of an invocation, or an error of its start. */
export type Posted =
  | { readonly kind: 'response'; readonly id: string; readonly payload: string }
  | { readonly kind: 'error'; readonly id: string; readonly error: FunctionError }
  | { readonly kind: 'init error'; readonly error: FunctionError }

export interface NextInvocation {
  readonly id: string
  readonly payload: string
  readonly arn: string
  readonly traceHeader: string
  /** Milliseconds since the epoch. */
  readonly deadline: number
}

/**
 * Lambda's Runtime API for one execution environment:
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeApi {
  readonly #server: Server
  readonly #onIdle: () => void
  readonly #onPosted: (posted: Posted) => void
  #waiting: ServerResponse | undefined
  #running: string | undefined

  /**
   * @param onIdle called when the runtime asks for the next invocation
   * @param onPosted called with each answer of the runtime
   */
  constructor(onIdle: () => void, onPosted: (posted: Posted) => void) {
    this.#onIdle = onIdle
    this.#onPosted = onPosted
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((cause: unknown) => {
        response.writeHead(500).end(JSON.stringify({ errorMessage: `${cause}` }))
      })
    })
  }

  /** @returns the value of AWS_LAMBDA_RUNTIME_API */
  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    if (address === null || typeof address === 'string')
      throw new Error(`The Runtime API needs a TCP port; it listens on ${address}`)
    return `127.0.0.1:${address.port}`
  }

  /** Passes an invocation to the runtime, which must be waiting. */
  invoke({ id, payload, arn, traceHeader, deadline }: NextInvocation): void {
    if (!this.#waiting) throw new Error(`The runtime does not wait for the invocation ${id}`)
    this.#running = id
    this.#waiting.writeHead(200, {
      'Content-Type': 'application/json',
      'Lambda-Runtime-Aws-Request-Id': id,
      'Lambda-Runtime-Deadline-Ms': `${deadline}`,
      'Lambda-Runtime-Invoked-Function-Arn': arn,
      'Lambda-Runtime-Trace-Id': traceHeader,
    })
    this.#waiting.end(payload)
    this.#waiting = undefined
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = '' } = request
    if (method === 'GET' && url === `${PREFIX}invocation/next`) {
      this.#waiting = response
      this.#onIdle()
      return
    }
    const body = await text(request)
    const posted = method === 'POST' ? this.#posted(url, body) : undefined
    response
      .writeHead(posted ? 202 : 404, { 'Content-Type': 'application/json' })
      .end(JSON.stringify(posted ? { status: 'OK' } : { errorMessage: `Unknown: ${url}` }))
    if (posted) this.#onPosted(posted)
  }

  /** Returns undefined for an unknown path, and for an invocation that is not running. */
  #posted(url: string, body: string): Posted | undefined {
    if (url === `${PREFIX}init/error`) return { kind: 'init error', error: JSON.parse(body) }
    if (this.#running === undefined) return undefined
    const id = this.#running
    const path = `${PREFIX}invocation/${id}/`
    if (url !== `${path}response` && url !== `${path}error`) return undefined
    this.#running = undefined
    return url === `${path}response`
      ? { kind: 'response', id, payload: body }
      : { kind: 'error', id, error: JSON.parse(body) }
  }
}
