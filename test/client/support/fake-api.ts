import type {
  ApiEvent,
  GraphQLRequest,
  SubscriptionObserver,
  Transport,
} from '../../../lib/client/index.ts'
import { ApiError } from '../../../lib/client/index.ts'

export interface ThingEvent extends ApiEvent {
  readonly amount: number
}

/** The delivery of a message: the delay of each copy, in milliseconds. */
export interface Fate {
  readonly arrivals: readonly number[]
  readonly truncated?: boolean
}

interface Variables {
  readonly id?: string
  readonly after?: number
  readonly limit?: number
}

interface Subscription {
  readonly id: string | undefined
  readonly observer: SubscriptionObserver
}

export const AT_ONCE: Fate = { arrivals: [0] }
export const LOST: Fate = { arrivals: [] }

/**
 * A fake API of things in memory. Its histories are reliable; the test controls the faults of
 * queries and messages.
 */
export class FakeApi implements Transport {
  readonly tellsStart: boolean
  readonly requests: GraphQLRequest[] = []
  readonly subscriptions = new Set<Subscription>()
  /** The number of subscriptions that have begun. */
  begun = 0
  /** The number of queries in flight, and its maximum so far. */
  asking = 0
  mostAsking = 0
  /** The number of aborted queries. */
  aborted = 0
  /** The maximum number of events in an answer, regardless of the limit of the query. */
  largestPage = Number.POSITIVE_INFINITY
  fate: (event: ThingEvent) => Fate = () => AT_ONCE
  /** Runs before each answer. May throw. */
  beforeAnswer: (request: GraphQLRequest) => Promise<void> = async () => {}
  /** Runs between an answer and its arrival. */
  afterAnswer: () => Promise<void> = async () => {}
  /** Runs before a subscription begins. May throw. */
  beforeStart: () => Promise<void> = async () => {}
  readonly #histories = new Map<string, ThingEvent[]>()

  constructor({ tellsStart = true } = {}) {
    this.tellsStart = tellsStart
  }

  get ids(): readonly string[] {
    return [...this.#histories.keys()]
  }

  history(id: string): readonly ThingEvent[] {
    return this.#histories.get(id) ?? []
  }

  /** Stores events and publishes each. */
  commit(id: string, count = 1, fate = this.fate): void {
    for (let index = 0; index < count; index += 1) {
      const history = this.#histories.get(id) ?? []
      const number = history.length + 1
      const created = new Date(number).toISOString()
      const event = { id, number, type: 'ThingMade', created, amount: number }
      this.#histories.set(id, [...history, event])
      this.publish(event, fate(event))
    }
  }

  publish(event: ThingEvent, { arrivals, truncated = false }: Fate): void {
    const { amount, ...rest } = event
    const message = truncated
      ? { ...rest, amount: null, truncated }
      : { ...rest, amount, truncated: null }
    const to = [...this.subscriptions].filter(({ id }) => id === undefined || id === event.id)
    for (const delay of arrivals) {
      const deliver = () => {
        for (const { observer } of to) observer.next({ onThingEvent: { ...message } })
      }
      if (delay > 0) setTimeout(deliver, delay)
      else queueMicrotask(deliver)
    }
  }

  /** Breaks all subscriptions. */
  breakAll(error: unknown = new Error('The connection was lost')): void {
    for (const subscription of [...this.subscriptions]) {
      this.subscriptions.delete(subscription)
      subscription.observer.error(error)
    }
  }

  queriesFor(field: 'thing' | 'thingEvents'): readonly GraphQLRequest[] {
    return this.requests.filter(({ query }) => query.includes(` ${field}(`))
  }

  async query<T>(request: GraphQLRequest, signal?: AbortSignal): Promise<T> {
    this.requests.push(request)
    this.asking += 1
    this.mostAsking = Math.max(this.mostAsking, this.asking)
    const abort = () => {
      this.aborted += 1
    }
    signal?.addEventListener('abort', abort)
    try {
      await new Promise<void>((resolve) => setImmediate(resolve))
      await this.beforeAnswer(request)
      // Passes through JSON, as over the network.
      const answer: T = JSON.parse(JSON.stringify(this.answer(request)))
      await this.afterAnswer()
      return answer
    } finally {
      this.asking -= 1
      signal?.removeEventListener('abort', abort)
    }
  }

  protected answer({ query, variables }: GraphQLRequest): object {
    const { id = '', after = 0, limit = 100 }: Variables = variables
    const history = this.history(id)
    if (query.includes(' thingEvents(')) {
      return { thingEvents: history.slice(after, after + Math.min(limit, this.largestPage)) }
    }
    const amount = history.reduce((sum, event) => sum + event.amount, 0)
    return { thing: history.length > 0 ? { id, version: history.length, amount } : null }
  }

  subscribe({ variables }: GraphQLRequest, observer: SubscriptionObserver): () => void {
    const { id }: Variables = variables
    const subscription = { id, observer }
    this.begun += 1
    let isOver = false
    if (this.tellsStart) {
      this.beforeStart().then(
        () => {
          if (isOver) return
          this.subscriptions.add(subscription)
          observer.started?.()
        },
        (error: unknown) => observer.error(error),
      )
    } else {
      this.subscriptions.add(subscription)
    }
    return () => {
      isOver = true
      this.subscriptions.delete(subscription)
    }
  }
}

export const refusal = (code: string) => new ApiError(`Refused: ${code}`, { code })
