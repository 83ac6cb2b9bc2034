import { once } from 'node:events'
import WebSocket from 'ws'
import { eventually } from './eventually.ts'
import type { Outputs } from './local-run.ts'

interface Frame {
  readonly type: string
  readonly id?: string
  readonly payload?: { readonly data?: Record<string, unknown>; readonly errors?: unknown }
}

/** A minimal client of the real-time endpoint. */
export class Subscriber {
  readonly frames: Frame[] = []
  readonly #socket: WebSocket
  readonly #authorization: object
  #count = 0

  private constructor(socket: WebSocket, authorization: object) {
    this.#socket = socket
    this.#authorization = authorization
    socket.on('message', (data) => this.frames.push(JSON.parse(String(data))))
  }

  static async connect({ realtimeUrl, graphqlUrl, apiKey }: Outputs): Promise<Subscriber> {
    const authorization = { host: new URL(graphqlUrl).host, 'x-api-key': apiKey }
    const header = Buffer.from(JSON.stringify(authorization)).toString('base64url')
    const socket = new WebSocket(realtimeUrl, ['graphql-ws', `header-${header}`])
    const subscriber = new Subscriber(socket, authorization)
    await once(socket, 'open')
    socket.send(JSON.stringify({ type: 'connection_init' }))
    await subscriber.#frame(({ type }) => type === 'connection_ack')
    return subscriber
  }

  /** Subscribes, and waits until AppSync acknowledges the subscription. */
  async subscribe(query: string, variables: object = {}): Promise<string> {
    this.#count += 1
    const id = `subscription-${this.#count}`
    const extensions = { authorization: this.#authorization }
    const payload = { data: JSON.stringify({ query, variables }), extensions }
    this.#socket.send(JSON.stringify({ id, type: 'start', payload }))
    await this.#frame((frame) => frame.id === id && frame.type === 'start_ack')
    return id
  }

  /** Waits for a message of a subscription with exactly these contents. */
  async message(id: string, contents: object): Promise<void> {
    const wanted = JSON.stringify(contents)
    await this.#frame(
      (frame) =>
        frame.id === id &&
        Object.values(frame.payload?.data ?? {}).some((field) => JSON.stringify(field) === wanted),
    )
  }

  /** Waits for the first `count` messages of a subscription. Returns the one field of each. */
  async messages(id: string, count: number): Promise<unknown[]> {
    return eventually(async () => {
      const all = this.frames.filter((frame) => frame.id === id && frame.type === 'data')
      const fields = all.flatMap(({ payload }) => Object.values(payload?.data ?? {}))
      return fields.length >= count ? fields : undefined
    })
  }

  get isClosed(): boolean {
    return this.#socket.readyState === WebSocket.CLOSED
  }

  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return
    const closed = once(this.#socket, 'close')
    this.#socket.close()
    await closed
  }

  #frame(wanted: (frame: Frame) => boolean): Promise<Frame> {
    return eventually(async () => this.frames.find(wanted))
  }
}
