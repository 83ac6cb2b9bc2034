import { once } from 'node:events'
import WebSocket from 'ws'
import { eventually } from '../../support/eventually.ts'
import type { LocalRun } from '../../support/local-run.ts'
import type { Caller } from './callers.ts'

export interface Frame {
  readonly type: string
  readonly id?: string
  readonly payload?: {
    readonly data?: Readonly<Record<string, unknown>> | null
    readonly errors?: readonly { readonly errorType?: string; readonly message: string }[]
  }
}

/** A caller's connection to the real-time endpoint. Keeps every text that it receives. */
export class Socket {
  readonly texts: string[] = []
  readonly frames: Frame[] = []
  readonly socket: WebSocket
  readonly #run: LocalRun
  readonly #caller: Caller

  private constructor(run: LocalRun, caller: Caller, socket: WebSocket) {
    this.#run = run
    this.#caller = caller
    this.socket = socket
    socket.on('message', (data) => {
      this.texts.push(String(data))
      this.frames.push(JSON.parse(String(data)))
    })
    // A server that refuses a frame closes the connection.
    socket.on('error', () => {})
  }

  /** Opens a connection, and waits until AppSync acknowledges or refuses it. */
  static async open(run: LocalRun, caller: Caller, init = true): Promise<Socket> {
    const { host } = new URL(run.outputs.graphqlUrl)
    const authorization = { host, ...(await caller.headers('{}', '/graphql/connect')) }
    const header = Buffer.from(JSON.stringify(authorization)).toString('base64url')
    const socket = new WebSocket(run.outputs.realtimeUrl, ['graphql-ws', `header-${header}`])
    const opened = new Socket(run, caller, socket)
    await once(socket, 'open')
    if (init) {
      opened.send({ type: 'connection_init' })
      const { type } = await opened.frame(({ type }) => type.startsWith('connection_'))
      if (type === 'connection_error') await opened.close()
    }
    return opened
  }

  send(frame: object | string): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  /** Sends a start message with the caller's authorization, or another's. */
  async start(
    id: string,
    query: string,
    variables: object = {},
    caller = this.#caller,
  ): Promise<void> {
    const data = JSON.stringify({ query, variables })
    const { host } = new URL(this.#run.outputs.graphqlUrl)
    const authorization = { host, ...(await caller.headers(data)) }
    this.send({ id, type: 'start', payload: { data, extensions: { authorization } } })
  }

  /** Subscribes. Returns AppSync's answer: start_ack or error. */
  async subscribe(
    id: string,
    query: string,
    variables: object = {},
    caller = this.#caller,
  ): Promise<Frame> {
    await this.start(id, query, variables, caller)
    return this.answer(id)
  }

  /** Waits for the answer to the start message with this id. */
  answer(id: string): Promise<Frame> {
    return this.frame((frame) => frame.id === id && ['start_ack', 'error'].includes(frame.type))
  }

  frame(wanted: (frame: Frame) => boolean): Promise<Frame> {
    return eventually(async () => this.frames.find(wanted))
  }

  get isClosed(): boolean {
    return this.socket.readyState === WebSocket.CLOSED
  }

  async close(): Promise<void> {
    if (this.isClosed) return
    const closed = once(this.socket, 'close')
    this.socket.close()
    await closed
  }
}
