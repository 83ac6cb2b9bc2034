import { type Agent, request } from 'node:http'
import { connect } from 'node:net'

/** An HTTP request, as it goes over the wire. */
export interface HttpRequest {
  readonly method: string
  readonly path: string
  /** Names and values by turns, so that a name can be repeated. */
  readonly headers: readonly string[]
  readonly body: string | Buffer
}

export interface HttpAnswer {
  readonly status: number
  readonly text: string
}

/** Milliseconds after which a request hangs. */
const PATIENCE = 20_000

/** Sends a request over a connection that is used again. */
export async function send(agent: Agent, port: number, sent: HttpRequest): Promise<HttpAnswer> {
  for (;;) {
    const answer = await sendOnce(agent, port, sent)
    if (answer) return answer
  }
}

/** Returns undefined if the server has just closed the connection of an earlier request. */
function sendOnce(
  agent: Agent,
  port: number,
  { method, path, headers, body }: HttpRequest,
): Promise<HttpAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const going = request(
      { agent, port, host: '127.0.0.1', method, path, headers: [...headers], timeout: PATIENCE },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        )
      },
    )
    going.on('timeout', () => going.destroy(new Error('The request hangs')))
    going.on('error', (error) => {
      if (going.reusedSocket && 'code' in error && error.code === 'ECONNRESET') resolve(undefined)
      else reject(error)
    })
    going.end(body)
  })
}

/** Sends a request that Node.js would correct or refuse, over a connection of its own. */
export function sendRaw(
  port: number,
  { method, path, headers, body }: HttpRequest,
): Promise<HttpAnswer> {
  const lines = headers.flatMap((name, at) => (at % 2 ? [] : [`${name}: ${headers[at + 1]}`]))
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    socket.setTimeout(PATIENCE, () => socket.destroy(new Error('The request hangs')))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(answerIn(Buffer.concat(chunks).toString())))
    socket.write(Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n`, 'latin1'))
    socket.write(`Connection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`)
    socket.end(body)
  })
}

function answerIn(text: string): HttpAnswer {
  const [, status = '0'] = /^HTTP\/1\.1 (?!100)(\d{3})/m.exec(text) ?? []
  const [, ...rest] = text.split('\r\n\r\n')
  const [, json = ''] = /(\{.*\})/s.exec(rest.join('')) ?? []
  return { status: Number(status), text: json }
}
