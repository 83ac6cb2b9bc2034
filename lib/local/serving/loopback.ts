import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Server } from 'node:net'
import { RequestError } from '../appsync/http/request-error.ts'

/** An endpoint of a service of AWS, which only this machine reaches. */
export interface Endpoint {
  readonly url: string
  stop(): Promise<void>
}

/** How a service answers requests. */
export interface Answers {
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Answers a request that `answer` has rejected. Any other error ends the connection. */
  refuse(response: ServerResponse, error: RequestError): void
}

/** Starts an endpoint on a free port. */
export async function startEndpoint({ answer, refuse }: Answers): Promise<Endpoint> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (error instanceof RequestError) refuse(response, error)
      else request.socket.destroy()
    })
  })
  const url = await listenOnLoopback(server)
  return {
    url,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Reads the body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** Listens on a free port. Returns the URL. */
export async function listenOnLoopback(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
}
