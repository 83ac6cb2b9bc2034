import { documentsOf } from './documents.ts'
import type { ApiEvent, ApiResource, Field } from './event.ts'
import { Followings } from './following/followings.ts'
import { StateQueries } from './following/state-queries.ts'
import { states } from './following/states.ts'
import type { GraphQLRequest, Transport } from './transport.ts'
import { OwnWrites, positionOf, writesIn } from './views/own-writes.ts'
import type { EventListener, KnownEvent, Position, ViewedFeed } from './views/position.ts'
import { iteration } from './waiting/iteration.ts'

/** The options of a feed. All times are in milliseconds. */
export interface EventFeedOptions<E extends ApiEvent> {
  readonly transport: Transport
  /** The resource's type in the schema: `Product`. */
  readonly resource: string
  /** The fields of an event to read, beside `id`, `number`, `type` and `created`. */
  readonly fields: readonly Exclude<Field<E>, keyof ApiEvent>[]
  /**
   * The most resources that have a subscription of their own. Further resources share one
   * subscription. Default 50, because an AppSync connection carries 100 subscriptions. 0: all
   * resources share one subscription.
   */
  readonly sharedFrom?: number
  /**
   * The interval at which the feed reads the history to find lost messages; ±20 %. Default 30,000.
   */
  readonly pollInterval?: number
  /** The time from the start of a subscription to the first such read; ±20 %. Default 2,000. */
  readonly firstPoll?: number
  /** The time to wait for a late message before the feed queries its event. Default 200. */
  readonly gapWait?: number
  /** The longest pause between two tries. Default 30,000. */
  readonly longestPause?: number
  /** The most events that a query asks for, 1 to 1000. Default 100. */
  readonly pageSize?: number
  /** The most events of a resource that are kept for slow readers. Default 500. */
  readonly kept?: number
  /** The most queries in flight at a time. Default 10. */
  readonly mostQueries?: number
  /**
   * The time after which a query without an answer fails. Default 35,000, because AppSync's own
   * limit is 30,000.
   */
  readonly longestQuery?: number
  /** Called with the error of every failure that is retried. */
  readonly onRetry?: (error: unknown) => void
}

export interface WatchEventsOptions {
  readonly id: string
  /** The number of the event to start after. Default 0: starts with the first event. */
  readonly after?: number
  /** Ends the iteration. */
  readonly signal?: AbortSignal
}

export interface WatchOptions<S extends ApiResource, E extends ApiEvent> {
  readonly id: string
  /** The fields of the resource to read, beside `id` and `version`. */
  readonly fields: readonly Exclude<Field<S>, keyof ApiResource>[]
  /**
   * Returns the state after an event. The feed sets `version` itself. Return undefined if the event
   * is not enough to compute the state: the feed then queries it. Default: the feed queries the
   * state after each event, or once for several.
   */
  readonly reduce?: (state: S, event: E) => S | undefined
  /** Ends the iteration. */
  readonly signal?: AbortSignal
}

/**
 * The live events of one type of resource, and the caller's own writes to it. The watchers of a feed
 * share subscriptions and queries, so create one feed for a type and keep it.
 */
export interface EventFeed<E extends ApiEvent> extends ViewedFeed {
  /**
   * Returns a resource's events, each once and in order. An event arrives at once, or within the
   * polling interval if its message was lost. Failures are retried.
   * @throws RangeError at once, if `after` is not the number of an event. During the iteration,
   * permanent errors, such as the ApiError `InvalidId` or `Unauthorized`.
   */
  watchEvents(options: WatchEventsOptions): AsyncIterable<E>
  /**
   * Returns a resource's current state, and its state after later events. Yields nothing until the
   * resource exists.
   * @throws the errors of watchEvents, and the errors of `reduce`
   */
  watch<S extends ApiResource>(options: WatchOptions<S, E>): AsyncIterable<S>
  /**
   * Sends a mutation once, and remembers its result as the caller's own write. Returns its data.
   * @throws the error of the mutation. TypeError after a mutation that was carried out, if it does
   * not select `id` and `version`, or returns a resource of another type.
   */
  command<T>(request: GraphQLRequest): Promise<T>
  /**
   * Remembers an own write that another client has sent. Views of this feed then wait for it.
   * @throws TypeError for a value without `id` and `version`
   */
  wrote(write: Position): void
  /** Returns the last own write to each resource of the last 30 seconds, the newest first. */
  recentWrites(): readonly KnownEvent[]
  /**
   * Reports the events of all resources, and own writes, until the returned function is called.
   * Messages are hints: they may be lost, repeated or out of order.
   */
  listen(listener: EventListener): () => void
}

export function eventFeed<E extends ApiEvent = ApiEvent>({
  transport,
  resource,
  fields,
  ...options
}: EventFeedOptions<E>): EventFeed<E> {
  const documents = documentsOf(resource, fields)
  const settings = { ...DEFAULTS, ...options }
  const followings = new Followings<E>(transport, documents, settings)
  const stateQueries = new StateQueries(documents, followings.questions)
  const writes = new OwnWrites()
  const listeners = new Set<EventListener>()

  async function* events({ id, after = 0 }: WatchEventsOptions, signal: AbortSignal) {
    const { following, leave } = followings.join(id)
    try {
      yield* following.events({ next: after + 1 }, signal)
    } finally {
      leave()
    }
  }

  async function* resourceStates<S extends ApiResource>(
    { id, fields: wanted, reduce }: WatchOptions<S, E>,
    signal: AbortSignal,
  ) {
    // Subscribes first, so that events after the read of the state are not missed.
    const { following, leave } = followings.join(id)
    const ask = () => stateQueries.ask<S>(id, wanted, signal)
    const { longestPause } = settings
    try {
      yield* states({ following, ask, reduce, signal, longestPause })
    } finally {
      leave()
    }
  }

  function wrote(write: Position): void {
    if (!writes.add(write)) return
    for (const listener of [...listeners]) listener.heard(write)
  }

  return {
    watchEvents(watched) {
      const { after = 0, signal } = watched
      if (!Number.isSafeInteger(after) || after < 0) {
        throw new RangeError(`after must be an integer of at least 0; got ${after}`)
      }
      return iteration(signal, (given) => events(watched, given))
    },
    watch: (watched) => iteration(watched.signal, (given) => resourceStates(watched, given)),
    async command<T>(request: GraphQLRequest) {
      const data = await transport.query<T>(request)
      for (const write of writesIn(data, resource)) wrote(write)
      return data
    },
    wrote: (write) => wrote(positionOf(write, 'The write')),
    recentWrites: () => writes.recent(),
    listen(listener) {
      listeners.add(listener)
      const leave = followings.listen({
        heard: ({ event: { id, number } }) => listener.heard({ id, version: number }),
        missed: () => listener.missed(),
        failed: (error) => listener.failed(error),
      })
      return () => {
        listeners.delete(listener)
        leave()
      }
    },
  }
}

const DEFAULTS = {
  sharedFrom: 50,
  pollInterval: 30_000,
  firstPoll: 2_000,
  gapWait: 200,
  longestPause: 30_000,
  pageSize: 100,
  kept: 500,
  mostQueries: 10,
  longestQuery: 35_000,
  onRetry: () => {},
}
