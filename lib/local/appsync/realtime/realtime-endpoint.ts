import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Caller } from '../access/caller.ts'
import { authenticated, type Service, sourceIpOf } from '../http/endpoint.ts'
import { connectContent, subprotocols } from './realtime-authorization.ts'
import { RealtimeConnection } from './realtime-connection.ts'

const SUBPROTOCOL = 'graphql-ws'
/** The most bytes of one frame from a client. */
const LARGEST_FRAME = 1024 * 1024

/**
 * AppSync's real-time protocol. It differs from graphql-ws, although the subprotocol has that name.
 * https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
 */
export class RealtimeEndpoint {
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_FRAME,
    handleProtocols: () => SUBPROTOCOL,
  })
  readonly #keepAlive: number

  /** @param keepAlive milliseconds between two `ka` messages */
  constructor(keepAlive: number) {
    this.#keepAlive = keepAlive
  }

  /** Accepts a connection. Rejects a client with another subprotocol during the handshake. */
  upgrade(service: Service, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!subprotocols(request).includes(SUBPROTOCOL)) {
      refuseUpgrade(socket, 400)
      return
    }
    // A client without permission to connect gets the error as the answer to its first message.
    const authentication = authenticate(service, request)
    authentication.catch(() => {})
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      new RealtimeConnection(service, webSocket, {
        authentication,
        sourceIp: sourceIpOf(request),
        keepAlive: this.#keepAlive,
      })
    })
  }

  /** Ends all connections and their subscriptions. */
  close(): void {
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#sockets.close()
  }
}

export function refuseUpgrade(socket: Duplex, status: number): void {
  socket.on('error', () => {})
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

async function authenticate(service: Service, request: IncomingMessage): Promise<Caller> {
  return authenticated(service, connectContent(request))
}
