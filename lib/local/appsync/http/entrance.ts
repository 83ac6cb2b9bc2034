import { once } from 'node:events'
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Certificate } from '../../serving/certificate.ts'

export interface EntranceOptions {
  readonly request: RequestListener
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Undefined: only plain connections. */
  readonly certificate: Certificate | undefined
}

/** One port for plain and encrypted connections. */
export interface Entrance {
  /**
   * Starts listening. Returns the port.
   * @throws Error if the port is taken
   */
  listen(port: number, host: string): Promise<number>
  /** Ends all connections. */
  close(): Promise<void>
}

/** The first byte of a TLS handshake: https://datatracker.ietf.org/doc/html/rfc8446#section-5.1 */
const HANDSHAKE = 0x16

export function entrance({ request, upgrade, certificate }: EntranceOptions): Entrance {
  const plain = createHttpServer(request).on('upgrade', upgrade)
  const encrypted =
    certificate &&
    createHttpsServer({ key: certificate.key, cert: certificate.certificate }, request).on(
      'upgrade',
      upgrade,
    )
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A connection can fail before a server takes it over.
    socket.on('error', () => socket.destroy())
    socket.once('readable', () => {
      const first: Buffer | null = socket.read(1)
      if (first) socket.unshift(first)
      const chosen = first?.[0] === HANDSHAKE && encrypted ? encrypted : plain
      chosen.emit('connection', socket)
    })
  })
  return {
    async listen(port, host) {
      server.listen(port, host)
      await once(server, 'listening')
      const address = server.address()
      return typeof address === 'object' && address ? address.port : port
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
