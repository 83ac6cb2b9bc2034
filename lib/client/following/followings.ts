import type { Documents } from '../documents.ts'
import type { ApiEvent } from '../event.ts'
import type { Transport } from '../transport.ts'
import { Bell } from './bell.ts'
import { Following, type Pace } from './following.ts'
import { Questions } from './questions.ts'
import type { Listener } from './source.ts'
import { Sources } from './sources.ts'
import { onWake } from './wakes.ts'

export interface Settings extends Pace {
  readonly sharedFrom: number
  readonly mostQueries: number
  readonly longestQuery: number
  readonly onRetry: (error: unknown) => void
}

interface Followed<E extends ApiEvent> {
  readonly following: Following<E>
  readonly close: () => void
  watchers: number
}

/** The resources of a feed that are watched now. All watchers of a resource share one following. */
export class Followings<E extends ApiEvent> {
  readonly questions: Questions
  readonly #documents: Documents
  readonly #settings: Settings
  readonly #sources: Sources<E>
  readonly #awake = new Bell()
  readonly #followed = new Map<string, Followed<E>>()
  readonly #listeners = new Set<Listener<E>>()
  #stopWaking: (() => void) | undefined

  constructor(transport: Transport, documents: Documents, settings: Settings) {
    const { longestPause, onRetry, mostQueries, longestQuery, sharedFrom } = settings
    const retries = { longestPause, onRetry, awake: this.#awake }
    this.#documents = documents
    this.#settings = settings
    this.questions = new Questions(transport, retries, mostQueries, longestQuery)
    this.#sources = new Sources(transport, documents, retries, sharedFrom)
  }

  /** Adds a watcher of a resource. Call `leave` exactly once. */
  join(id: string): { readonly following: Following<E>; leave(): void } {
    const followed = this.#followed.get(id) ?? this.#open(id)
    followed.watchers += 1
    return {
      following: followed.following,
      leave: () => {
        followed.watchers -= 1
        if (followed.watchers === 0) this.#close(id, followed)
      },
    }
  }

  /** Adds a listener to the messages of all resources. Returns the function that removes it. */
  listen(listener: Listener<E>): () => void {
    this.#stopWaking ??= onWake(() => this.#wake())
    this.#listeners.add(listener)
    const close = this.#sources.openAll(listener)
    return () => {
      if (!this.#listeners.delete(listener)) return
      close()
      this.#restIfUnused()
    }
  }

  #open(id: string): Followed<E> {
    this.#stopWaking ??= onWake(() => this.#wake())
    const ask = (after: number, signal: AbortSignal) => this.#page(id, after, signal)
    const following = new Following<E>(ask, this.#settings)
    const followed = { following, close: this.#sources.open(id, following), watchers: 0 }
    this.#followed.set(id, followed)
    return followed
  }

  #close(id: string, { following, close }: Followed<E>): void {
    following.end()
    close()
    this.#followed.delete(id)
    this.#restIfUnused()
  }

  #restIfUnused(): void {
    if (this.#followed.size + this.#listeners.size > 0) return
    this.#stopWaking?.()
    this.#stopWaking = undefined
  }

  #wake(): void {
    this.#awake.ring()
    for (const { following } of this.#followed.values()) following.suspect()
    for (const listener of [...this.#listeners]) listener.missed()
  }

  async #page(id: string, after: number, signal: AbortSignal): Promise<readonly E[]> {
    const { pageSize } = this.#settings
    const request = this.#documents.page(id, after, pageSize)
    const data = await this.questions.ask<Record<string, readonly E[]>>(request, signal)
    return data[this.#documents.events] ?? []
  }
}
