import { connect, type Socket } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import type { Faults } from '../../faults/faults.ts'
import { errorBytes, type HttpRequest, HttpRequests, type Refusal, requestBytes } from './http.ts'

/** Returns the refusal of a request; undefined if DynamoDB may run it. */
export type Check = (request: HttpRequest) => Refusal | undefined | Promise<Refusal | undefined>

export interface Way {
  readonly target: URL
  readonly faults: Faults
  readonly check: Check
}

/** A connection of a function, with its own connection to DynamoDB. */
export class Connection {
  readonly #client: Socket
  readonly #target: Socket
  readonly #way: Way
  readonly #requests = new HttpRequests()
  #isWaiting = false

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
    const refusal = (await check(request)) ?? faultOf(faults)
    if (refusal) {
      this.#isWaiting = false
      this.#client.write(errorBytes(refusal))
    } else this.#target.write(requestBytes(request, target))
  }

  #answer(chunk: Buffer): void {
    const isFirst = this.#isWaiting
    this.#isWaiting = false
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
