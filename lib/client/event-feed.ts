import { documentsOf } from './documents.ts'
import type { ApiEvent, ApiResource, Field } from './event.ts'
import { Followings } from './followings.ts'
import { iteration } from './iteration.ts'
import { StateQueries } from './state-queries.ts'
import { states } from './states.ts'
import type { Transport } from './transport.ts'

/** What a feed is made of. All times in milliseconds. */
export interface EventFeedOptions<E extends ApiEvent> {
  readonly transport: Transport
  /** The resource's type in the schema: `Product`. */
  readonly resource: string
  /** What to read of an event beside `id`, `number`, `type` and `created`. */
  readonly fields: readonly Exclude<Field<E>, keyof ApiEvent>[]
  /**
   * So many resources are watched by a subscription of their own, those beyond it by one for all
   * resources. Default 50: a connection carries 100. 0: all by one.
   */
  readonly sharedFrom?: number
  /** How often the history is asked whether a message was lost; ±20 %. Default 30,000. */
  readonly pollInterval?: number
  /** When it is asked first, after a subscription has begun; ±20 %. Default 2,000. */
  readonly firstPoll?: number
  /** How long a missing message may be late before its event is asked for. Default 200. */
  readonly gapWait?: number
  /** The longest pause before what failed is tried again. Default 30,000. */
  readonly longestPause?: number
  /** The most events that a query asks for, 1 to 1000. Default 100. */
  readonly pageSize?: number
  /** The most events of a resource that are kept for slow readers. Default 500. */
  readonly kept?: number
  /** The most queries under way at a time. Default 10. */
  readonly mostQueries?: number
  /** After how long a query without an answer has failed. Default 35,000: AppSync has 30,000. */
  readonly longestQuery?: number
  /** Is told of every failure that is tried again. */
  readonly onRetry?: (error: unknown) => void
}

export interface WatchEventsOptions {
  readonly id: string
  /** The number of the last event that is not wanted. Default 0: from the first event on. */
  readonly after?: number
  /** Ends the iteration. */
  readonly signal?: AbortSignal
}

export interface WatchOptions<S extends ApiResource, E extends ApiEvent> {
  readonly id: string
  /** What to read of the resource beside `id` and `version`. */
  readonly fields: readonly Exclude<Field<S>, keyof ApiResource>[]
  /**
   * The state after an event; `version` is seen to. Undefined where it cannot tell: then the state
   * is asked for. Default: it is asked for after each event, or once for several.
   */
  readonly reduce?: (state: S, event: E) => S | undefined
  /** Ends the iteration. */
  readonly signal?: AbortSignal
}

/**
 * The events of one type of resource, live. All watchers of a feed share what can be shared: so make
 * one feed for a type, and keep it.
 */
export interface EventFeed<E extends ApiEvent> {
  /**
   * A resource's events: each once, in order, at once, or, where its message was lost, within the
   * polling interval. What fails is tried again.
   * @throws RangeError at once, for an `after` that is no number of an event; while it is iterated,
   * what no repetition heals, such as the ApiError `InvalidId` or `Unauthorized`
   */
  watchEvents(options: WatchEventsOptions): AsyncIterable<E>
  /**
   * A resource's state, now and after its events. Nothing as long as it does not exist.
   * @throws as watchEvents does, and whatever `reduce` throws
   */
  watch<S extends ApiResource>(options: WatchOptions<S, E>): AsyncIterable<S>
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
    // It subscribes first: what happens after the state was read is not missed.
    const { following, leave } = followings.join(id)
    const ask = () => stateQueries.ask<S>(id, wanted, signal)
    const { longestPause } = settings
    try {
      yield* states({ following, ask, reduce, signal, longestPause })
    } finally {
      leave()
    }
  }

  return {
    watchEvents(watched) {
      const { after = 0, signal } = watched
      if (!Number.isSafeInteger(after) || after < 0) {
        throw new RangeError(`after is the number of an event, or 0; not ${after}`)
      }
      return iteration(signal, (given) => events(watched, given))
    },
    watch: (watched) => iteration(watched.signal, (given) => resourceStates(watched, given)),
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
