import type { Authorizer } from '../auth/auth.ts'
import { apiError, isLasting } from '../errors.ts'
import { onWake } from '../following/wakes.ts'
import { backOff } from '../waiting/back-off.ts'
import { AppSyncSocket, type Frame } from './appsync-socket.ts'
import { AppSyncSubscription, type Subscribed } from './appsync-subscription.ts'
import { REALTIME_HEADERS } from './appsync-urls.ts'
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

export interface ConnectionOptions {
  /** Opens a WebSocket with these headers of the authorization. */
  readonly dial: (authorization: Readonly<Record<string, string>>) => Socket
  readonly authorizer: Authorizer
  readonly longestPause: number
}

/**
 * Up to 100 subscriptions over one WebSocket. Dials again whenever the connection is lost. Closes
 * the connection when the last subscription ends.
 */
export class AppSyncConnection {
  readonly #options: ConnectionOptions
  readonly #subscribed = new Map<string, AppSyncSubscription>()
  /** Aborted when the connection is no longer wanted. */
  #dialling: AbortController | undefined
  #socket: AppSyncSocket | undefined
  #acknowledged: number | undefined
  #failures = 0
  #refusals = 0
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
    const over = (error: unknown) => {
      end()
      subscribed.observer.error(error)
    }
    const subscription = new AppSyncSubscription(id, subscribed, this.#options.authorizer, over)
    const end = () => {
      if (!this.#subscribed.delete(id)) return
      subscription.end()
      this.#closeIfIdle()
    }
    this.#subscribed.set(id, subscription)
    if (this.#socket && this.#acknowledged !== undefined) subscription.start(this.#socket)
    if (!this.#socket && !this.#redial && !this.#dialling) void this.#dial()
    return end
  }

  /** Connects with the current credentials. Never rejects. */
  async #dial(): Promise<void> {
    this.#redial = undefined
    this.#stopWaking ??= onWake(() => this.#wake())
    const dialling = new AbortController()
    this.#dialling = dialling
    const { authorizer, dial } = this.#options
    try {
      const authorization = await authorizer.headers({
        path: '/connect',
        signedHeaders: REALTIME_HEADERS,
        body: '{}',
      })
      if (dialling.signal.aborted) return
      this.#dialling = undefined
      const socket = new AppSyncSocket(dial(authorization), {
        acknowledged: () => this.#acknowledge(socket),
        received: (frame) => this.#received(frame),
        lost: () => this.#lost(),
      })
      this.#socket = socket
    } catch (error) {
      // A page served over https must not dial ws: the constructor of the WebSocket then throws.
      if (!dialling.signal.aborted) this.#refused(error)
    }
  }

  #acknowledge(socket: AppSyncSocket): void {
    this.#acknowledged = Date.now()
    this.#refusals = 0
    for (const subscription of this.#subscribed.values()) subscription.start(socket)
  }

  /**
   * Dials again: connections seldom survive a sleep of the machine, and no event reports their
   * loss.
   */
  #wake(): void {
    if (this.#socket && this.#socket.silence < BEAT) return
    this.#hangUp()
    void this.#dial()
  }

  #received({ type, id = '', payload }: Frame): void {
    const subscription = this.#subscribed.get(id)
    if (type === 'start_ack') subscription?.started()
    else if (type === 'data') subscription?.observer.next(payload.data)
    else if (type === 'connection_error') this.#refused(apiError(payload))
    else if (type === 'error' || type === 'complete') subscription?.refused(apiError(payload))
  }

  /**
   * Reports a permanent error to all observers. Treats any other error as a lost connection, and
   * also a refusal that newer credentials may end.
   */
  #refused(error: unknown): void {
    this.#refusals += 1
    if (!isLasting(error) || this.#options.authorizer.mayRenew(error, this.#refusals)) {
      this.#lost(error)
      return
    }
    const all = [...this.#subscribed.values()]
    this.#hangUp()
    this.#subscribed.clear()
    this.#closeIfIdle()
    for (const { observer } of all) observer.error(error)
  }

  #lost(cause?: unknown): void {
    this.#failures =
      Date.now() - (this.#acknowledged ?? Date.now()) > LASTED ? 1 : this.#failures + 1
    this.#hangUp()
    const pause = backOff(this.#failures, FIRST_PAUSE, this.#options.longestPause)
    this.#redial = setTimeout(() => void this.#dial(), pause)
    const message = `The connection was lost; reconnecting in ${pause.toFixed()} ms`
    const error = new Error(message, { cause })
    for (const { observer } of [...this.#subscribed.values()]) observer.lost?.(error)
  }

  #closeIfIdle(): void {
    if (!this.isIdle) return
    this.#hangUp()
    this.#stopWaking?.()
    this.#stopWaking = undefined
    this.#failures = 0
    this.#refusals = 0
  }

  #hangUp(): void {
    clearTimeout(this.#redial)
    this.#redial = undefined
    this.#dialling?.abort()
    this.#dialling = undefined
    this.#acknowledged = undefined
    this.#socket?.close()
    this.#socket = undefined
    for (const subscription of this.#subscribed.values()) subscription.detach()
  }
}
