import type { EventFeedOptions, GraphQLRequest, Position } from '../../../lib/client/index.ts'
import { type ViewFeedOptions, viewFeed, viewRowFeed } from '../../../lib/client/index.ts'
import { FakeApi, type ThingEvent } from './fake-api.ts'
import { NEVER, thingFeed } from './thing-feed.ts'

export interface ThingRow {
  readonly id: string
  readonly version: number
}

interface Kind {
  readonly kind: string
}

/** A fake API with the view `thingsByKind`, of all things, and the view `total`, of their events. */
export class FakeViews extends FakeApi {
  /** The resources whose events the views lack, with the versions that they have instead. */
  readonly lagging = new Map<string, number>()
  /** Whether the views are being built. */
  isBuilding = false

  get viewQueries(): readonly GraphQLRequest[] {
    return this.requests.filter(({ query }) => /thingsByKind|total/.test(query))
  }

  /** The argument `after` of each query of a view. */
  get afters(): readonly (Position | undefined)[] {
    return this.viewQueries.map(({ variables }) => afterIn(variables))
  }

  protected override answer(request: GraphQLRequest): object {
    const { query, variables } = request
    const after = afterIn(variables)
    const isMissing = after !== undefined && this.#version(after.id) < after.version
    const behind = this.isBuilding || isMissing
    if (query.includes('thingsByKind(')) {
      const items = this.ids.map((id) => ({ id, version: this.#version(id) }))
      return { thingsByKind: { items, nextToken: null, behind } }
    }
    if (!query.includes(' total')) return super.answer(request)
    const events = this.ids.reduce((sum, id) => sum + this.#version(id), 0)
    return { total: events > 0 ? { events, behind } : null }
  }

  #version(id: string): number {
    return this.lagging.get(id) ?? this.history(id).length
  }
}

function afterIn(variables: { readonly after?: Position }): Position | undefined {
  return variables.after
}

type Options = Partial<ViewFeedOptions<ThingRow, Kind>>

/** Returns the feed of things, and its view, which does not poll unless the test sets the options. */
export function thingView(
  api: FakeViews,
  options: Options = {},
  feedOptions: Partial<EventFeedOptions<ThingEvent>> = {},
) {
  const things = thingFeed(api, feedOptions)
  const view = viewFeed<ThingRow, Kind>({
    transport: api,
    field: 'thingsByKind',
    arguments: { kind: 'String!' },
    fields: ['id', 'version'],
    feeds: [things],
    interval: 20,
    pollInterval: NEVER,
    firstPoll: NEVER,
    longestPause: 50,
    ...options,
  })
  return { things, view }
}

export function totalOf(api: FakeViews) {
  const things = thingFeed(api)
  const total = viewRowFeed<{ readonly events: number }>({
    transport: api,
    field: 'total',
    arguments: {},
    fields: ['events'],
    feeds: [things],
    interval: 20,
  })
  return { things, total }
}
