import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { Faults } from './faults.ts'

export interface DynamoDBProxy {
  readonly endpoint: string
  stop(): Promise<void>
}

/** Starts a proxy between the functions and DynamoDB that injects faults. */
export async function startDynamoDBProxy(target: string, faults: Faults): Promise<DynamoDBProxy> {
  const agent = new Agent({ keepAlive: true })
  const server = createServer((incoming, response) => {
    serve(incoming, response, { target, agent, faults }).catch(() => incoming.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      agent.destroy()
      await closed
    },
  }
}

interface Way {
  readonly target: string
  readonly agent: Agent
  readonly faults: Faults
}

async function serve(
  incoming: IncomingMessage,
  response: ServerResponse,
  { target, agent, faults }: Way,
): Promise<void> {
  const body = await contentOf(incoming)
  if (faults.strikes('dynamodb.throttles')) return refuse(response, 400, 'ThrottlingException')
  if (faults.strikes('dynamodb.fails')) return refuse(response, 500, 'InternalServerError')
  const { method, headers } = incoming
  const passed = request(target, { agent, method, headers })
  passed.end(body)
  const [answer]: IncomingMessage[] = await once(passed, 'response')
  if (!answer) throw new Error('DynamoDB did not answer')
  const content = await contentOf(answer)
  if (faults.strikes('dynamodb.losesAnswer')) {
    incoming.socket.destroy()
    return
  }
  response.writeHead(answer.statusCode ?? 500, answer.headers).end(content)
}

function refuse(response: ServerResponse, status: number, error: string): void {
  const content = {
    __type: `com.amazonaws.dynamodb.v20120810#${error}`,
    message: 'An injected fault',
  }
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
  response.end(JSON.stringify(content))
}

async function contentOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  return Buffer.concat(chunks)
}
