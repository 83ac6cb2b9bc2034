import { once } from 'node:events'
import { type WebSocket, WebSocketServer } from 'ws'

interface ClientFrame {
  readonly type: string
  readonly id?: string
  readonly payload?: {
    readonly data?: string
    readonly extensions?: { readonly authorization?: Readonly<Record<string, string>> }
  }
}

/** A fake of AppSync's real-time endpoint, over real sockets. The test controls its answers. */
export class FakeAppSync {
  readonly frames: ClientFrame[] = []
  readonly protocols: string[] = []
  /** The time of each connection. */
  readonly dialled: number[] = []
  /** Answers each message of a client. */
  answer: (frame: ClientFrame, socket: WebSocket) => void = (frame, socket) => {
    const { type, id } = frame
    if (type === 'connection_init') this.send(socket, { type: 'connection_ack', payload: {} })
    if (type === 'start') this.send(socket, { type: 'start_ack', id })
    if (type === 'stop') this.send(socket, { type: 'complete', id })
  }
  readonly #server: WebSocketServer

  private constructor(server: WebSocketServer) {
    this.#server = server
    server.on('connection', (socket, { headers }) => {
      this.dialled.push(Date.now())
      this.protocols.push(headers['sec-websocket-protocol'] ?? '')
      socket.on('message', (data) => {
        const frame: ClientFrame = JSON.parse(String(data))
        this.frames.push(frame)
        this.answer(frame, socket)
      })
    })
  }

  static async start(): Promise<FakeAppSync> {
    const server = new WebSocketServer({ port: 0, handleProtocols: () => 'graphql-ws' })
    await once(server, 'listening')
    return new FakeAppSync(server)
  }

  get url(): string {
    const address = this.#server.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    return `http://localhost:${port}/graphql`
  }

  get sockets(): ReadonlySet<WebSocket> {
    return this.#server.clients
  }

  of(type: string): readonly ClientFrame[] {
    return this.frames.filter((frame) => frame.type === type)
  }

  send(socket: WebSocket, message: object): void {
    socket.send(JSON.stringify(message))
  }

  sendAll(message: object): void {
    for (const socket of this.sockets) this.send(socket, message)
  }

  cut(): void {
    for (const socket of this.sockets) socket.terminate()
  }

  async stop(): Promise<void> {
    this.cut()
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }
}
