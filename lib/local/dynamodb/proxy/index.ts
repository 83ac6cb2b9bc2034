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

/**
 * Starts a proxy between the functions and DynamoDB, which checks requests and injects faults.
 *
 * It reads requests, and passes the bytes of responses unread. A server and a client of `node:http`
 * would take a sixth of a command's processor time.
 * @param check decides which requests pass; default: all
 */
export async function startDynamoDBProxy(
  target: string,
  faults: Faults,
  check: Check = () => undefined,
): Promise<DynamoDBProxy> {
  const clients = new Set<Socket>()
  const way = { target: new URL(target), faults, check }
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
