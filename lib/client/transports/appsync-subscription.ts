import type { Authorizer } from '../auth/auth.ts'
import type { GraphQLRequest, SubscriptionObserver } from '../transport.ts'
import { backOff } from '../waiting/back-off.ts'
import type { AppSyncSocket } from './appsync-socket.ts'
import { REALTIME_HEADERS } from './appsync-urls.ts'

export interface Subscribed {
  readonly request: GraphQLRequest
  readonly observer: SubscriptionObserver
}

const FIRST_PAUSE = 500

/** One subscription of a connection. Starts again on each new socket, with the current credentials. */
export class AppSyncSubscription {
  readonly observer: SubscriptionObserver
  readonly #id: string
  readonly #request: GraphQLRequest
  readonly #authorizer: Authorizer
  readonly #over: (error: unknown) => void
  #socket: AppSyncSocket | undefined
  #isSent = false
  #refusals = 0
  #retry: ReturnType<typeof setTimeout> | undefined

  /** @param over called with the error that ends the subscription */
  constructor(
    id: string,
    { request, observer }: Subscribed,
    authorizer: Authorizer,
    over: (error: unknown) => void,
  ) {
    this.#id = id
    this.#request = request
    this.observer = observer
    this.#authorizer = authorizer
    this.#over = over
  }

  start(socket: AppSyncSocket): void {
    this.detach()
    this.#socket = socket
    const data = JSON.stringify(this.#request)
    this.#authorizer.headers({ signedHeaders: REALTIME_HEADERS, body: data }).then(
      (authorization) => {
        // The subscription has ended, or has another socket.
        if (this.#socket !== socket) return
        this.#isSent = true
        const payload = { data, extensions: { authorization } }
        socket.send({ id: this.#id, type: 'start', payload })
      },
      (error) => {
        if (this.#socket === socket) this.#over(error)
      },
    )
  }

  started(): void {
    this.#refusals = 0
    this.observer.started?.()
  }

  /** Starts again if newer credentials may be accepted. Otherwise ends with the error. */
  refused(error: unknown): void {
    const socket = this.#socket
    this.#isSent = false
    this.#refusals += 1
    if (!socket || !this.#authorizer.mayRenew(error, this.#refusals)) {
      this.#over(error)
      return
    }
    const pause = backOff(this.#refusals, FIRST_PAUSE, FIRST_PAUSE * 2)
    this.#retry = setTimeout(() => this.start(socket), pause)
    this.observer.lost?.(error)
  }

  /** Leaves a lost socket. */
  detach(): void {
    clearTimeout(this.#retry)
    this.#socket = undefined
    this.#isSent = false
  }

  /** Ends the subscription at the API too. */
  end(): void {
    if (this.#isSent) this.#socket?.send({ type: 'stop', id: this.#id })
    this.detach()
  }
}
