import { isObject } from '../errors.ts'
import { parsedJson } from '../json.ts'
import type { Socket } from './web-socket.ts'

/**
 * Milliseconds without a message after which a connection counts as dead. AppSync can replace this
 * default when it acknowledges the connection.
 */
const SILENCE = 300_000
/** Milliseconds within which AppSync must acknowledge a connection. */
const HANDSHAKE = 15_000

export interface Frame {
  readonly type: string
  readonly id: string | undefined
  readonly payload: Readonly<Record<string, unknown>>
}

export interface SocketEvents {
  acknowledged(): void
  /** Receives any other message. */
  received(frame: Frame): void
  /** The connection was closed, broke, or timed out without a message. */
  lost(): void
}

/**
 * A WebSocket that performs the handshake of AppSync's protocol and detects a dead connection.
 * https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
 */
export class AppSyncSocket {
  readonly #socket: Socket
  readonly #events: SocketEvents
  #longestSilence = SILENCE
  #watchdog: ReturnType<typeof setTimeout> | undefined
  #lastHeard = Date.now()
  #isOver = false

  constructor(socket: Socket, events: SocketEvents) {
    this.#socket = socket
    this.#events = events
    socket.addEventListener('open', () => this.send({ type: 'connection_init' }))
    socket.addEventListener('message', ({ data }) => this.#receive(data))
    socket.addEventListener('close', () => this.#lose())
    socket.addEventListener('error', () => this.#lose())
    this.#loseAfter(HANDSHAKE)
  }

  /** The milliseconds since the last message. */
  get silence(): number {
    return Date.now() - this.#lastHeard
  }

  send(message: object): void {
    if (!this.#isOver) this.#socket.send(JSON.stringify(message))
  }

  close(): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#watchdog)
    this.#socket.close()
  }

  #receive(data: unknown): void {
    this.#lastHeard = Date.now()
    const frame = frameOf(data)
    if (this.#isOver || !frame) return
    const { connectionTimeoutMs } = frame.payload
    if (frame.type === 'connection_ack' && typeof connectionTimeoutMs === 'number') {
      this.#longestSilence = connectionTimeoutMs
    }
    this.#loseAfter(this.#longestSilence)
    if (frame.type === 'connection_ack') this.#events.acknowledged()
    else this.#events.received(frame)
  }

  #lose(): void {
    if (this.#isOver) return
    this.close()
    this.#events.lost()
  }

  #loseAfter(milliseconds: number): void {
    clearTimeout(this.#watchdog)
    this.#watchdog = setTimeout(() => this.#lose(), milliseconds)
  }
}

/** Parses a message. Returns undefined if the data is not a frame. */
function frameOf(data: unknown): Frame | undefined {
  const message = parsedJson(String(data))
  if (!isObject(message) || typeof message.type !== 'string') return undefined
  const { type, id, payload } = message
  return {
    type,
    id: typeof id === 'string' ? id : undefined,
    payload: isObject(payload) ? payload : {},
  }
}
