import { once } from 'node:events'
import WebSocket from 'ws'
import type { AppSyncServer } from '../../../../lib/local/appsync/index.ts'
import { eventually } from '../../../support/eventually.ts'
import { API_KEY } from './notes.ts'

export interface Frame {
  readonly type: string
  readonly id?: string
  readonly payload?: {
    readonly connectionTimeoutMs?: number
    readonly data?: Record<string, unknown> | null
    readonly errors?: readonly Record<string, unknown>[]
  }
}

const clients = new Set<RealtimeClient>()

export async function closeClients(): Promise<void> {
  await Promise.all([...clients].map((client) => client.close()))
  clients.clear()
}

/** A client of the real-time protocol that sends and receives single frames. */
export class RealtimeClient {
  readonly frames: Frame[] = []
  readonly socket: WebSocket
  readonly #server: AppSyncServer

  private constructor(server: AppSyncServer, socket: WebSocket) {
    this.#server = server
    this.socket = socket
    socket.on('message', (data) => this.frames.push(JSON.parse(String(data))))
  }

  /** Opens a socket. Default: the current handshake, with the key in a subprotocol. */
  static async open(
    server: AppSyncServer,
    {
      url = server.realtimeUrl,
      protocols = ['graphql-ws', `header-${base64(keyHeader(server), 'base64url')}`],
      headers = {},
    }: { url?: string; protocols?: string[]; headers?: Record<string, string> } = {},
  ): Promise<RealtimeClient> {
    const client = new RealtimeClient(server, new WebSocket(url, protocols, { headers }))
    clients.add(client)
    await once(client.socket, 'open')
    return client
  }

  static async connect(server: AppSyncServer): Promise<RealtimeClient> {
    const client = await RealtimeClient.open(server)
    client.send({ type: 'connection_init' })
    await client.frame('connection_ack')
    return client
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  start(id: string, query: string, { variables, authorization }: StartOptions = {}): void {
    const data = JSON.stringify({ query, variables })
    const extensions = { authorization: authorization ?? keyHeader(this.#server) }
    this.send({ id, type: 'start', payload: { data, extensions } })
  }

  async subscribe(id: string, query: string, options: StartOptions = {}): Promise<void> {
    this.start(id, query, options)
    await this.frame('start_ack', id)
  }

  /** Waits for a frame of this type and returns the first. */
  frame(type: string, id?: string): Promise<Frame> {
    return eventually(async () =>
      this.frames.find((frame) => frame.type === type && (id === undefined || frame.id === id)),
    )
  }

  /** Waits until a subscription has at least `count` messages. Returns all its messages. */
  messages(id: string, count: number): Promise<readonly Frame['payload'][]> {
    return eventually(async () => {
      const messages = this.frames.filter((frame) => frame.type === 'data' && frame.id === id)
      return messages.length >= count ? messages.map(({ payload }) => payload) : undefined
    })
  }

  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return
    const closed = once(this.socket, 'close')
    this.socket.close()
    await closed
  }
}

interface StartOptions {
  readonly variables?: object
  readonly authorization?: object
}

export function keyHeader({ graphqlUrl }: AppSyncServer): object {
  return { host: new URL(graphqlUrl).host, 'x-api-key': API_KEY }
}

export function base64(value: object, encoding: 'base64' | 'base64url' = 'base64'): string {
  return Buffer.from(JSON.stringify(value)).toString(encoding)
}
