import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Faults } from '../../faults/faults.ts'
import { listenOnLoopback } from '../../serving/loopback.ts'
import { type Check, Connection } from './connection.ts'

export { permissionCheck } from './permission-check.ts'

export interface DynamoDBProxy {
  readonly endpoint: string
  stop(): Promise<void>
}

export interface ProxyOptions {
  /** The endpoint of DynamoDB. */
  readonly target: string
  readonly faults: Faults
  /** Decides which requests pass. Default: all, and no writes are known. */
  readonly check?: Check
  /** Is told of a table after a request that writes to it. Default: nothing is. */
  readonly onWrite?: (tableArn: string) => void
}

/**
 * Starts a proxy between the functions and DynamoDB, which checks requests and injects faults.
 *
 * It reads requests, and passes the bytes of responses unread. A server and a client of `node:http`
 * would take a sixth of a command's processor time.
 */
export async function startDynamoDBProxy({
  target,
  faults,
  check = () => ({}),
  onWrite = () => {},
}: ProxyOptions): Promise<DynamoDBProxy> {
  const clients = new Set<Socket>()
  const way = { target: new URL(target), faults, check, onWrite }
  const server = createServer({ noDelay: true }, (client) => {
    clients.add(client)
    client.on('close', () => clients.delete(client))
    new Connection(client, way)
  })
  const endpoint = await listenOnLoopback(server)
  return {
    endpoint,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      for (const client of clients) client.destroy()
      await closed
    },
  }
}
