// Runs a proxy between a client and the emulator, in its own process. Stores the emulator's answers
// to queries and scans by the body of the request. Repeats a stored answer after a fixed time. So
// each round trip takes this time, and the emulator's own work is not measured.
import { createServer, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { say, taskText } from './parent.ts'

export interface ReplayTask {
  readonly endpoint: string
  /** The delay of a stored answer, in milliseconds. */
  readonly latency: number
}

interface Answer {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly body: Buffer
}

const { endpoint, latency }: ReplayTask = JSON.parse(taskText())
const remembered = new Map<string, Answer>()

async function answerTo(incoming: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const target = `${incoming.headers['x-amz-target']}`
  const key = `${target} ${Buffer.concat(chunks)}`
  const known = remembered.get(key)
  if (known) {
    await delay(latency)
    return known
  }
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': target,
      'x-amz-date': `${incoming.headers['x-amz-date']}`,
      authorization: `${incoming.headers.authorization}`,
    },
    body: Buffer.concat(chunks),
  })
  const body = Buffer.from(await answer.arrayBuffer())
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'content-length': body.length }
  const fresh = { status: answer.status, headers, body }
  if (answer.ok && /\.(Query|Scan)$/.test(target)) remembered.set(key, fresh)
  return fresh
}

const server = createServer((incoming, response) => {
  answerTo(incoming).then(
    ({ status, headers, body }) => response.writeHead(status, headers).end(body),
    (error: Error) => response.destroy(error),
  )
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  say(`http://127.0.0.1:${port}`)
})
