import type { Documents } from './documents.ts'
import { isObject } from './errors.ts'
import { type ApiEvent, type Message, messageOf } from './event.ts'
import { keepSubscribed } from './kept-subscription.ts'
import type { Retries } from './questions.ts'
import type { Transport } from './transport.ts'

/** What a subscription tells of one resource. */
export interface Listener<E> {
  heard(message: Message<E>): void
  /** Messages may have been missed until now. */
  missed(): void
  /** The subscription broke for good. */
  failed(error: unknown): void
}

/** A subscription for one or for all resources of a feed. */
interface Source<E> {
  readonly listeners: Map<string, Listener<E>>
  hasBegun: boolean
  end(): void
}

/**
 * The subscriptions of a feed: one for each resource that is watched, up to a number; those beyond
 * it share one for all, since a connection carries 100. A resource stays where it began.
 */
export class Sources<E extends ApiEvent> {
  readonly #transport: Transport
  readonly #documents: Documents
  readonly #retries: Retries
  readonly #sharedFrom: number
  #own = 0
  #shared: Source<E> | undefined

  constructor(transport: Transport, documents: Documents, retries: Retries, sharedFrom: number) {
    this.#transport = transport
    this.#documents = documents
    this.#retries = retries
    this.#sharedFrom = sharedFrom
  }

  /** Gives the function that ends it. */
  open(id: string, listener: Listener<E>): () => void {
    return this.#own < this.#sharedFrom ? this.#openOwn(id, listener) : this.#join(id, listener)
  }

  #openOwn(id: string, listener: Listener<E>): () => void {
    this.#own += 1
    const source = this.#subscribe(id, new Map([[id, listener]]))
    return () => {
      this.#own -= 1
      source.end()
    }
  }

  #join(id: string, listener: Listener<E>): () => void {
    if (this.#shared?.hasBegun) listener.missed()
    this.#shared?.listeners.set(id, listener)
    const source = this.#shared ?? this.#subscribe(undefined, new Map([[id, listener]]))
    this.#shared = source
    return () => {
      source.listeners.delete(id)
      if (source.listeners.size > 0) return
      source.end()
      if (this.#shared === source) this.#shared = undefined
    }
  }

  #subscribe(id: string | undefined, listeners: Map<string, Listener<E>>): Source<E> {
    const tellAll = (tell: (listener: Listener<E>) => void) => [...listeners.values()].forEach(tell)
    const source: Source<E> = { listeners, hasBegun: false, end: () => {} }
    source.end = keepSubscribed(
      this.#transport,
      this.#documents.subscription(id),
      {
        next: (data) => {
          const message = messageOf<E>(isObject(data) ? data[this.#documents.onEvent] : undefined)
          if (message) listeners.get(message.event.id)?.heard(message)
          // Something happened that could not be told.
          else tellAll((listener) => listener.missed())
        },
        began: () => {
          source.hasBegun = true
          tellAll((listener) => listener.missed())
        },
        broke: () => {
          source.hasBegun = false
          tellAll((listener) => listener.missed())
        },
        failed: (error) => {
          if (this.#shared === source) this.#shared = undefined
          tellAll((listener) => listener.failed(error))
        },
      },
      this.#retries,
    )
    return source
  }
}
