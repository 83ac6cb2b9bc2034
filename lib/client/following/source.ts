import { isObject } from '../errors.ts'
import { type ApiEvent, type Message, messageOf } from '../event.ts'
import type { GraphQLRequest, Transport } from '../transport.ts'
import { keepSubscribed } from './kept-subscription.ts'
import type { Retries } from './questions.ts'

/** Receives the messages of a subscription: for one resource, or for all. */
export interface Listener<E> {
  heard(message: Message<E>): void
  /** Messages may have been missed until now. */
  missed(): void
  /** The subscription failed permanently. */
  failed(error: unknown): void
}

/**
 * One subscription, for one resource or for all. Starts with the first listener and ends with the
 * last.
 */
export class Source<E extends ApiEvent> {
  readonly #transport: Transport
  readonly #request: GraphQLRequest
  readonly #field: string
  readonly #retries: Retries
  readonly #listeners = new Map<string, Listener<E>>()
  readonly #listenersToAll = new Set<Listener<E>>()
  #hasBegun = false
  #end: (() => void) | undefined
  #isOver = false

  /** @param field the field of a message that holds the event */
  constructor(transport: Transport, request: GraphQLRequest, field: string, retries: Retries) {
    this.#transport = transport
    this.#request = request
    this.#field = field
    this.#retries = retries
  }

  /** Whether the source accepts more listeners. */
  get isOpen(): boolean {
    return !this.#isOver
  }

  add(id: string, listener: Listener<E>): void {
    this.#listeners.set(id, listener)
    this.#added(listener)
  }

  remove(id: string): void {
    this.#listeners.delete(id)
    this.#removed()
  }

  /** Adds a listener to the messages of all resources. */
  addToAll(listener: Listener<E>): void {
    this.#listenersToAll.add(listener)
    this.#added(listener)
  }

  removeFromAll(listener: Listener<E>): void {
    this.#listenersToAll.delete(listener)
    this.#removed()
  }

  get #all(): readonly Listener<E>[] {
    return [...this.#listeners.values(), ...this.#listenersToAll]
  }

  #added(listener: Listener<E>): void {
    if (this.#hasBegun) listener.missed()
    this.#end ??= this.#begin()
  }

  #removed(): void {
    if (this.#all.length > 0) return
    this.#isOver = true
    this.#end?.()
  }

  #begin(): () => void {
    return keepSubscribed(
      this.#transport,
      this.#request,
      {
        next: (data) => this.#heard(data),
        began: () => {
          this.#hasBegun = true
          this.#missed()
        },
        broke: () => {
          this.#hasBegun = false
          this.#missed()
        },
        failed: (error) => {
          this.#isOver = true
          for (const listener of this.#all) listener.failed(error)
        },
      },
      this.#retries,
    )
  }

  #heard(data: unknown): void {
    const message = messageOf<E>(isObject(data) ? data[this.#field] : undefined)
    if (!message) {
      // The message is not an event, so any resource may have missed one.
      this.#missed()
      return
    }
    this.#listeners.get(message.event.id)?.heard(message)
    for (const listener of [...this.#listenersToAll]) listener.heard(message)
  }

  #missed(): void {
    for (const listener of this.#all) listener.missed()
  }
}
