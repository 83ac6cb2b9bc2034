import { apiError, isLasting } from '../errors.ts'
import { onWake } from '../following/wakes.ts'
import type { GraphQLRequest, SubscriptionObserver } from '../transport.ts'
import { backOff } from '../waiting/back-off.ts'
import { AppSyncSocket, type Frame } from './appsync-socket.ts'
import type { Socket } from './web-socket.ts'

/**
 * The limit of AppSync for one connection.
 * https://docs.aws.amazon.com/general/latest/gr/appsync.html
 */
const MOST_SUBSCRIPTIONS = 100
const FIRST_PAUSE = 1_000
/** Milliseconds. AppSync sends a message at least every 60 seconds. */
const BEAT = 65_000
/** Milliseconds after which a connection counts as stable. */
const LASTED = 10_000

export interface Subscribed {
  readonly request: GraphQLRequest
  readonly observer: SubscriptionObserver
}

export interface ConnectionOptions {
  readonly dial: () => Socket
  /** The authorization that each subscription sends. */
  readonly authorization: Readonly<Record<string, string>>
  readonly longestPause: number
}

/**
 * Up to 100 subscriptions over one WebSocket. Dials again whenever the connection is lost. Closes
 * the connection when the last subscription ends.
 */
export class AppSyncConnection {
  readonly #options: ConnectionOptions
  readonly #subscribed = new Map<string, Subscribed>()
  #socket: AppSyncSocket | undefined
  #acknowledged: number | undefined
  #failures = 0
  #redial: ReturnType<typeof setTimeout> | undefined
  #stopWaking: (() => void) | undefined
  #count = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  get isIdle(): boolean {
    return this.#subscribed.size === 0
  }

  get hasRoom(): boolean {
    return this.#subscribed.size < MOST_SUBSCRIPTIONS
  }

  /** Starts a subscription. Returns the function that ends it. */
  subscribe(subscribed: Subscribed): () => void {
    this.#count += 1
    const id = String(this.#count)
    // `#dial` can throw: a page served over https must not dial ws.
    if (!this.#socket && !this.#redial) this.#dial()
    this.#subscribed.set(id, subscribed)
    if (this.#acknowledged !== undefined) this.#start(id, subscribed)
    return () => {
      if (!this.#subscribed.delete(id)) return
      if (this.#acknowledged !== undefined) this.#socket?.send({ type: 'stop', id })
      this.#closeIfIdle()
    }
  }

  #dial(): void {
    this.#redial = undefined
    this.#socket = new AppSyncSocket(this.#options.dial(), {
      acknowledged: () => {
        this.#acknowledged = Date.now()
        for (const [id, subscribed] of this.#subscribed) this.#start(id, subscribed)
      },
      received: (frame) => this.#received(frame),
      lost: () => this.#lost(),
    })
    this.#stopWaking ??= onWake(() => this.#wake())
  }

  /**
   * Dials again: connections seldom survive a sleep of the machine, and no event reports their
   * loss.
   */
  #wake(): void {
    if (this.#socket && this.#socket.silence < BEAT) return
    this.#hangUp()
    this.#dial()
  }

  #start(id: string, { request }: Subscribed): void {
    const extensions = { authorization: this.#options.authorization }
    const payload = { data: JSON.stringify(request), extensions }
    this.#socket?.send({ id, type: 'start', payload })
  }

  #received({ type, id = '', payload }: Frame): void {
    const observer = this.#subscribed.get(id)?.observer
    if (type === 'start_ack') observer?.started?.()
    else if (type === 'data') observer?.next(payload.data)
    else if (type === 'connection_error') this.#refused(apiError(payload))
    else if (observer && (type === 'error' || type === 'complete')) {
      this.#subscribed.delete(id)
      observer.error(apiError(payload))
      this.#closeIfIdle()
    }
  }

  /** Reports a permanent error to all observers. Treats any other error as a lost connection. */
  #refused(error: unknown): void {
    if (!isLasting(error)) {
      this.#lost()
      return
    }
    const observers = [...this.#subscribed.values()].map(({ observer }) => observer)
    this.#subscribed.clear()
    this.#closeIfIdle()
    for (const observer of observers) observer.error(error)
  }

  #lost(): void {
    this.#failures =
      Date.now() - (this.#acknowledged ?? Date.now()) > LASTED ? 1 : this.#failures + 1
    this.#hangUp()
    const pause = backOff(this.#failures, FIRST_PAUSE, this.#options.longestPause)
    this.#redial = setTimeout(() => this.#dial(), pause)
    const error = new Error(`The connection was lost; reconnecting in ${pause.toFixed()} ms`)
    for (const { observer } of [...this.#subscribed.values()]) observer.lost?.(error)
  }

  #closeIfIdle(): void {
    if (!this.isIdle) return
    this.#hangUp()
    this.#stopWaking?.()
    this.#stopWaking = undefined
    this.#failures = 0
  }

  #hangUp(): void {
    clearTimeout(this.#redial)
    this.#redial = undefined
    this.#acknowledged = undefined
    this.#socket?.close()
    this.#socket = undefined
  }
}
