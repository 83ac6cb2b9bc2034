import type { Field } from './event.ts'
import { Bell } from './following/bell.ts'
import { Questions } from './following/questions.ts'
import type { Transport } from './transport.ts'
import { liveAnswers } from './views/live-answers.ts'
import { News } from './views/news.ts'
import { UnseenWrites } from './views/own-writes.ts'
import type { Position, ViewedFeed } from './views/position.ts'
import { viewRequest } from './views/view-documents.ts'
import { attempt } from './waiting/attempt.ts'
import { iteration } from './waiting/iteration.ts'

/** The options of a view's feed. All times are in milliseconds. */
export interface ViewFeedOptions<Item extends object, Args extends object> {
  readonly transport: Transport
  /** The view's field of Query: `productsByStatus`. */
  readonly field: string
  /**
   * The arguments of the field with their types in the schema: `{ status: 'ProductStatus!' }`.
   * `limit`, `nextToken` and `descending` need no type here.
   */
  readonly arguments: { readonly [Name in keyof Args]-?: string }
  /** The fields of an item or row to read. */
  readonly fields: readonly Field<Item>[]
  /** The event feeds of the view's types of resources. They know the caller's own writes. */
  readonly feeds: readonly ViewedFeed[]
  /** The shortest time from one query of a live view to its next. Default 500. */
  readonly interval?: number
  /** The longest time without a query of a live view; ±20 %. Default 30,000. */
  readonly pollInterval?: number
  /**
   * The time from the start of a subscription, or from events of several resources, to a query that
   * finds what the answer before has missed; ±20 %. Default 2,000.
   */
  readonly firstPoll?: number
  /** The longest pause between two tries. Default 30,000. */
  readonly longestPause?: number
  /** The most queries of live views in flight at a time. Default 10. */
  readonly mostQueries?: number
  /** The time after which a query without an answer fails. Default 35,000. */
  readonly longestQuery?: number
  /** Called with the error of every failed query that is retried. */
  readonly onRetry?: (error: unknown) => void
}

/** A page of a view. */
export interface ViewPage<Item> {
  readonly items: readonly Item[]
  /** Null on the last page. */
  readonly nextToken: string | null
  /** Whether the page may lack events: the view is being built, or lacks your last write. */
  readonly behind: boolean
}

/** The row of a fold. Null if no event has changed it yet. */
export type ViewRow<Row> = (Row & { readonly behind: boolean }) | null

/** The arguments that each view with pages may have. */
export interface PageArguments {
  readonly limit?: number | undefined
  readonly nextToken?: string | undefined
  readonly descending?: boolean | undefined
}

export interface ViewReadOptions {
  /** Ends the query, or the iteration. */
  readonly signal?: AbortSignal | undefined
}

/** The answers of one view. */
export interface ViewFeed<Answer, Args extends object> {
  /**
   * Queries the view once. The answer includes the newest own write that the feeds know, unless it
   * says `behind: true`.
   * @throws the error of the query: failures are not retried
   */
  read(args: Args, options?: ViewReadOptions): Promise<Answer>
  /**
   * Returns the current answer, and then each answer that differs from the one before. Queries
   * again after events, own writes, a lost connection, and at the polling interval. Failures are
   * retried.
   * @throws during the iteration, permanent errors, such as the ApiError `InvalidArgument` or
   * `Forbidden`
   */
  watchView(args: Args, options?: ViewReadOptions): AsyncIterable<Answer>
}

/** Reads and watches the pages of a view: of a list, or of a fold with `sort`. */
export function viewFeed<Item extends object, Args extends object = object>(
  options: ViewFeedOptions<Item, Args>,
): ViewFeed<ViewPage<Item>, Args & PageArguments> {
  return feedOf<ViewPage<Item>, Args & PageArguments>(
    options,
    `items { ${options.fields.join(' ')} } nextToken behind`,
  )
}

/** Reads and watches the single row of a view: of a fold without `sort`. */
export function viewRowFeed<Row extends object, Args extends object = object>(
  options: ViewFeedOptions<Row, Args>,
): ViewFeed<ViewRow<Row>, Args> {
  return feedOf<ViewRow<Row>, Args>(options, `${options.fields.join(' ')} behind`)
}

const DEFAULTS = {
  interval: 500,
  pollInterval: 30_000,
  firstPoll: 2_000,
  longestPause: 30_000,
  mostQueries: 10,
  longestQuery: 35_000,
  onRetry: () => {},
}

type Settings = Omit<ViewFeedOptions<object, object>, 'fields' | 'arguments'> & {
  readonly arguments: Readonly<Record<string, string>>
}

function feedOf<Answer extends { readonly behind: boolean } | null, Args extends object>(
  options: Settings,
  selection: string,
): ViewFeed<Answer, Args> {
  const { transport, field, arguments: types, feeds, ...pace } = { ...DEFAULTS, ...options }
  const { longestPause, onRetry, mostQueries, longestQuery } = pace
  const awake = new Bell()
  const retries = { longestPause, onRetry, awake }
  const questions = new Questions(transport, retries, mostQueries, longestQuery)
  const unseen = new UnseenWrites(feeds)
  const isBehind = (answer: Answer) => answer?.behind === true
  const request = (args: Args, after: Position | undefined) =>
    viewRequest({ field, types, selection }, args, after)

  async function* answers(args: Args, signal: AbortSignal) {
    // Subscribes first, so that events after the first query are not missed.
    const news = new News(feeds, awake)
    const ask = async (after: Position | undefined) =>
      answerIn(await questions.ask<Data>(request(args, after), signal))
    try {
      yield* liveAnswers({ news, unseen, ask, isBehind, pace, signal })
    } finally {
      news.end()
    }
  }

  type Data = Readonly<Record<string, Answer>>

  function answerIn(data: Data): Answer {
    const answer = data[field]
    if (answer !== undefined) return answer
    throw new Error(`The answer has no ${field}`)
  }

  return {
    async read(args, { signal = new AbortController().signal } = {}) {
      signal.throwIfAborted()
      const after = unseen.newest()
      const asked = request(args, after)
      const query = (given: AbortSignal) => transport.query<Data>(asked, given)
      const answer = answerIn(await attempt(query, signal, longestQuery))
      if (after && !isBehind(answer)) unseen.saw(after)
      return answer
    },
    watchView: (args, { signal } = {}) => iteration(signal, (given) => answers(args, given)),
  }
}
