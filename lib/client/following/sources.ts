import type { Documents } from '../documents.ts'
import type { ApiEvent } from '../event.ts'
import type { Transport } from '../transport.ts'
import type { Retries } from './questions.ts'
import { type Listener, Source } from './source.ts'

/**
 * The subscriptions of a feed. Up to `sharedFrom` watched resources have a subscription each.
 * Further resources share one, because an AppSync connection carries 100 subscriptions. Listeners
 * to all resources share it too. A resource keeps the subscription that it started with.
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

  /** Subscribes the listener. Returns the function that unsubscribes it. */
  open(id: string, listener: Listener<E>): () => void {
    return this.#own < this.#sharedFrom ? this.#openOwn(id, listener) : this.#join(id, listener)
  }

  /** Subscribes the listener to all resources. Returns the function that unsubscribes it. */
  openAll(listener: Listener<E>): () => void {
    const source = this.#sharedSource()
    source.addToAll(listener)
    return () => source.removeFromAll(listener)
  }

  #openOwn(id: string, listener: Listener<E>): () => void {
    this.#own += 1
    const source = this.#newSource(id)
    source.add(id, listener)
    return () => {
      this.#own -= 1
      source.remove(id)
    }
  }

  #join(id: string, listener: Listener<E>): () => void {
    const source = this.#sharedSource()
    source.add(id, listener)
    return () => source.remove(id)
  }

  #sharedSource(): Source<E> {
    if (!this.#shared?.isOpen) this.#shared = this.#newSource(undefined)
    return this.#shared
  }

  #newSource(id: string | undefined): Source<E> {
    const request = this.#documents.subscription(id)
    return new Source(this.#transport, request, this.#documents.onEvent, this.#retries)
  }
}
