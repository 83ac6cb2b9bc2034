import { once } from 'node:events'
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { isObject } from '../../json.ts'
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
   * Starts listening on the first address, and at the same port on each other address that this
   * machine has. Returns the port.
   * @throws Error if the port of an address is taken
   */
  listen(port: number, addresses: readonly string[]): Promise<number>
  /** Ends all connections. */
  close(): Promise<void>
}

/** The first byte of a TLS handshake: https://datatracker.ietf.org/doc/html/rfc8446#section-5.1 */
const HANDSHAKE = 0x16
/** The errors of a machine without the address, such as one without IPv6. */
const NO_ADDRESS = ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']
const PORT_ATTEMPTS = 5

export function entrance({ request, upgrade, certificate }: EntranceOptions): Entrance {
  const plain = createHttpServer(request).on('upgrade', upgrade)
  const encrypted =
    certificate &&
    createHttpsServer({ key: certificate.key, cert: certificate.certificate }, request).on(
      'upgrade',
      upgrade,
    )
  const sockets = new Set<Socket>()
  const accept = (socket: Socket) => {
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
  }
  let servers: Server[] = []
  const close = async () => {
    const closed = servers.map((server) => once(server, 'close'))
    for (const server of servers) server.close()
    for (const socket of sockets) socket.destroy()
    servers = []
    await Promise.all(closed)
  }
  return {
    async listen(port, [first = '', ...others]) {
      for (let attempt = 1; ; attempt++) {
        try {
          servers = [await listening(accept, port, first)]
          const chosen = portOf(servers) ?? port
          for (const address of others) servers.push(...(await ifItExists(address, chosen)))
          return chosen
        } catch (error) {
          await close()
          // A free port of one address may be taken on another one.
          if (port !== 0 || attempt === PORT_ATTEMPTS) throw error
        }
      }
    },
    close,
  }

  async function ifItExists(address: string, port: number): Promise<Server[]> {
    try {
      return [await listening(accept, port, address)]
    } catch (error) {
      if (isObject(error) && NO_ADDRESS.includes(`${error.code}`)) return []
      throw error
    }
  }
}

async function listening(
  accept: (socket: Socket) => void,
  port: number,
  address: string,
): Promise<Server> {
  const server = createServer(accept)
  server.listen(port, address)
  await once(server, 'listening')
  return server
}

function portOf([server]: readonly Server[]): number | undefined {
  const address = server?.address()
  return typeof address === 'object' ? address?.port : undefined
}
