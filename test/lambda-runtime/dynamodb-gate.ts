import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A server in front of the emulator. */
export interface DynamoDBGate {
  readonly endpoint: string
  /** Runs an action once, after the next PutItem is stored and before its answer is sent. */
  afterNextPut(action: () => Promise<void>): void
  stop(): Promise<void>
}

/** @param target the endpoint of the emulator */
export async function startDynamoDBGate(target: string): Promise<DynamoDBGate> {
  let afterPut: (() => Promise<void>) | undefined

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'POST', url = '/', headers } = request
    const { host: _, connection: _connection, 'content-length': _length, ...others } = headers
    const sent = Object.entries(others).map(([name, value]): [string, string] => [name, `${value}`])
    const body = method === 'POST' ? await buffer(request) : null
    const answer = await fetch(new URL(url, target), { method, headers: sent, body })
    const text = await answer.text()
    const isStored = answer.ok && `${headers['x-amz-target']}`.endsWith('.PutItem')
    if (isStored && afterPut) {
      const action = afterPut
      afterPut = undefined
      await action()
    }
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(text)
  }

  const server = createServer((request, response) => {
    forward(request, response).catch((error: Error) => response.destroy(error))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    afterNextPut(action) {
      afterPut = action
    },
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
