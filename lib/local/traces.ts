import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { JsonLines } from './json-lines.ts'

/** A replacement for X-Ray's daemon that accepts the SDK's segments and writes them to a file. */
export interface Traces {
  /** The address for `AWS_XRAY_DAEMON_ADDRESS`: `127.0.0.1:2000`. */
  readonly address: string
  /** Adds a segment from this process. */
  add(segment: object): void
  stop(): Promise<void>
}

/**
 * Receives segments over UDP on a free port. A message is a line `{"format":"json","version":1}`
 * and the segment or subsegment
 * (https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html).
 */
export async function startTraces(file: string): Promise<Traces> {
  const lines = new JsonLines(file)
  const socket = createSocket('udp4')
  socket.on('message', (message) => {
    const text = message.toString()
    const json = text.slice(text.indexOf('\n') + 1).trim()
    if (isOneLine(json)) lines.appendText(json)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    address: `127.0.0.1:${socket.address().port}`,
    add: (segment) => lines.append(segment),
    async stop() {
      socket.close()
      await once(socket, 'close')
      lines.close()
    },
  }
}

/** Whether the text is JSON in one line. X-Ray's daemon also drops unreadable messages. */
function isOneLine(json: string): boolean {
  try {
    JSON.parse(json)
    return !json.includes('\n')
  } catch {
    return false
  }
}
