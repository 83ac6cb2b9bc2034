import { connect, type Socket } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import type { Faults } from '../../faults/faults.ts'
import { errorBytes, type HttpRequest, HttpRequests, type Refusal, requestBytes } from './http.ts'

/** The answer of a check: whether DynamoDB may run a request, and the tables that it writes to. */
export interface Verdict {
  /** Default: DynamoDB may run the request. */
  readonly refusal?: Refusal
  /** The ARNs of the tables that the request writes to. Default: none. */
  readonly writes?: readonly string[]
}

export type Check = (request: HttpRequest) => Verdict | Promise<Verdict>

export interface Way {
  readonly target: URL
  readonly faults: Faults
  readonly check: Check
  /** Is told of a table after a request that writes to it, also if the request failed. */
  readonly onWrite: (tableArn: string) => void
}

/** A connection of a function, with its own connection to DynamoDB. */
export class Connection {
  readonly #client: Socket
  readonly #target: Socket
  readonly #way: Way
  readonly #requests = new HttpRequests()
  #isWaiting = false
  /** The tables that the current request writes to. */
  #writes: readonly string[] = []

  constructor(client: Socket, way: Way) {
    this.#client = client
    this.#way = way
    this.#target = socketTo(way.target)
    client.on('data', (chunk) => this.#receive(chunk))
    this.#target.on('data', (chunk) => this.#answer(chunk))
    for (const [one, other] of [
      [client, this.#target],
      [this.#target, client],
    ] as const) {
      // The error of one end is the end of both. Clients retry a closed connection.
      one.on('error', () => one.destroy())
      one.on('close', () => other.destroy())
    }
  }

  #receive(chunk: Buffer): void {
    try {
      for (const request of this.#requests.push(chunk)) {
        if (this.#isWaiting) throw new Error('a client must wait for the response')
        this.#isWaiting = true
        this.#serve(request).catch(() => this.#client.destroy())
      }
    } catch (error) {
      const message = `The local run cannot read a request: ${error instanceof Error ? error.message : error}`
      const type = 'com.amazon.coral.service#SerializationException'
      this.#client.end(errorBytes({ status: 400, type, message }))
    }
  }

  async #serve(request: HttpRequest): Promise<void> {
    const { target, faults, check } = this.#way
    const { refusal = faultOf(faults), writes = [] } = await check(request)
    if (refusal) {
      this.#isWaiting = false
      this.#client.write(errorBytes(refusal))
      return
    }
    this.#writes = writes
    this.#target.write(requestBytes(request, target))
  }

  #answer(chunk: Buffer): void {
    const isFirst = this.#isWaiting
    this.#isWaiting = false
    if (isFirst) for (const tableArn of this.#writes) this.#way.onWrite(tableArn)
    if (isFirst && this.#way.faults.strikes('dynamodb.losesAnswer')) this.#client.destroy()
    else this.#client.write(chunk)
  }
}

function socketTo({ protocol, hostname, port }: URL): Socket {
  const host = hostname.replace(/^\[|\]$/g, '')
  const socket =
    protocol === 'https:'
      ? connectSecurely({ host, port: Number(port || 443), servername: host })
      : connect({ host, port: Number(port || 80) })
  return socket.setNoDelay(true)
}

function faultOf(faults: Faults): Refusal | undefined {
  if (faults.strikes('dynamodb.throttles')) return fault(400, 'ThrottlingException')
  if (faults.strikes('dynamodb.fails')) return fault(500, 'InternalServerError')
  return undefined
}

function fault(status: number, name: string): Refusal {
  const type = `com.amazonaws.dynamodb.v20120810#${name}`
  return { status, type, message: 'An injected fault' }
}
