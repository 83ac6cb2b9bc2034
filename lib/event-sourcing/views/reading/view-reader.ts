import { setTimeout as delay } from 'node:timers/promises'
import { checkId, checkWhole } from '../../arguments.ts'
import { InvalidArgument, isEventSourcingError } from '../../errors.ts'
import { Misuse } from '../../runtime/composed-errors.ts'
import { deadline } from '../../runtime/time-left.ts'
import { traced } from '../../runtime/tracing.ts'
import { answering, type Build } from '../builds/view-record.ts'
import { ViewRecords } from '../builds/view-records.ts'
import type { HostedView } from '../hosted-view.ts'
import {
  type BuildName,
  keyParts,
  keyText,
  positionPlace,
  resourcePlace,
  sortRange,
} from '../places.ts'
import { compareBytes } from '../store/in-memory-view-store.ts'
import type { Entry, EntryRange, ViewStore } from '../store/view-store.ts'
import type { FoldRow, FoldView, KeyPart, ListItem, ListView, SortValue } from '../view.ts'
import { foldRows } from './fold-rows.ts'
import { listItems } from './list-items.ts'
import type { Ordered } from './merged.ts'
import { type PagedQuery, readViewToken, viewToken } from './page-token.ts'

/** A query of a view. */
export interface ViewQuery {
  readonly key: readonly KeyPart[]
  /** The lowest sort value, inclusive. Default: all. */
  readonly from?: SortValue | undefined
  /** The highest sort value, inclusive. Default: all. */
  readonly to?: SortValue | undefined
  /** Whether the page begins with the highest sort value. Default: as the view says. */
  readonly descending?: boolean | undefined
  /** 1 to 1000. */
  readonly limit: number
  readonly nextToken?: string | undefined
  /** An event that the answer has to contain, as far as one second is enough. Default: none. */
  readonly after?: { readonly id: string; readonly version: number } | undefined
}

export interface ViewPage<Item = ListItem | FoldRow> {
  readonly items: readonly Item[]
  /** Absent on the last page. */
  readonly nextToken?: string
  /**
   * Whether the view is known to lack events: it is being built for the first time, or anew by newer
   * code, or it does not have the event of `after` yet.
   */
  readonly behind: boolean
  /** Whether code of another version has built the items: their fields may be older ones. */
  readonly isOld: boolean
}

export interface ViewReaderOptions {
  readonly views: readonly HostedView[]
  readonly store: ViewStore
  /** How long a query waits for the event of `after`, in milliseconds. Default: one second. */
  readonly patience?: number
}

const MOST_ITEMS = 1000
const PATIENCE = 1000
const FIRST_PAUSE = 20
const LONGEST_PAUSE = 200

/** Answers queries from the builds of views. */
export class ViewReader {
  readonly #views: ReadonlyMap<string, HostedView>
  readonly #store: ViewStore
  readonly #records: ViewRecords
  readonly #patience: number

  constructor({ views, store, patience = PATIENCE }: ViewReaderOptions) {
    this.#views = new Map(views.map((hosted) => [hosted.name, hosted]))
    this.#store = store
    this.#records = new ViewRecords(store)
    this.#patience = patience
  }

  /**
   * Returns a page of a list.
   * @throws InvalidArgument; StoreUnavailable
   */
  list(name: string, query: ViewQuery): Promise<ViewPage<ListItem>> {
    const { view, hosted } = this.#view(name, 'list')
    return this.#page(hosted, query, (build, range, key) => {
      const items = listItems(this.#store, { view, build, key, range })
      return query.after ? withoutStale(items, query.after) : items
    })
  }

  /**
   * Returns a page of the rows of a fold. A fold without `sort` has one row for each key.
   * @throws InvalidArgument; StoreUnavailable
   */
  async fold(name: string, query: ViewQuery): Promise<ViewPage<FoldRow>> {
    const { view, hosted } = this.#view(name, 'fold')
    const page = await this.#page(hosted, query, (build, range, key) =>
      foldRows(this.#store, { view, build, key, range }),
    )
    const isMissing = page.items.length === 0 && page.behind && !view.sort
    return isMissing ? { ...page, items: [{ key: query.key, row: { ...view.initial } }] } : page
  }

  #view(name: string, kind: 'list'): { hosted: HostedView; view: ListView }
  #view(name: string, kind: 'fold'): { hosted: HostedView; view: FoldView }
  #view(name: string, kind: 'list' | 'fold') {
    const hosted = this.#views.get(name)
    if (hosted?.view.kind === kind) return { hosted, view: hosted.view }
    throw new Misuse(`This function has no ${kind} ${name}`)
  }

  #page<Item>(
    hosted: HostedView,
    query: ViewQuery,
    read: (build: BuildName, range: EntryRange, key: string) => AsyncIterable<Ordered<Item>>,
  ): Promise<ViewPage<Item>> {
    return traced('view', async (annotate) => {
      const { name, view } = hosted
      annotate({ view: name })
      const { limit, nextToken, descending = view.descending ?? false } = query
      checkWhole('limit', limit, 1, MOST_ITEMS)
      const range = rangeOf(query)
      const key = asArgument('key', query.key, () => keyText(keyParts(query.key)))
      const { from, before } = range
      const paged: PagedQuery = { view: name, version: view.version, key, from, before, descending }
      const after = nextToken === undefined ? undefined : readViewToken(paged, nextToken)
      if (query.after) checkAfter(query.after)
      const build = answering(await this.#records.recent(name))
      const isOld = build !== undefined && build.version !== view.version
      if (!build) return { items: [], behind: true, isOld }
      const hasAll = query.after
        ? !isOld && (await this.#reaches(hosted, build, query.after))
        : true
      const behind = build.state !== 'serving' || isOld || !hasAll
      const found: Ordered<Item>[] = []
      const wanted = { ...range, after, descending, about: limit + 1 }
      for await (const item of read({ view: name, build: build.build }, wanted, key)) {
        found.push(item)
        if (found.length > limit) break
      }
      const page = found.slice(0, limit)
      const last = page.at(-1)
      return {
        items: page.map(({ item }) => item),
        ...(found.length > limit && last && { nextToken: viewToken(paged, last.at) }),
        behind,
        isOld,
      }
    })
  }

  /** Waits until a build has taken in an event. Returns false if it takes too long. */
  async #reaches(
    { name, view, resources }: HostedView,
    { build }: Build,
    after: NonNullable<ViewQuery['after']>,
  ): Promise<boolean> {
    const of = { view: name, build }
    const until = Math.min(deadline(), performance.now() + this.#patience)
    const isThere =
      view.kind === 'list'
        ? () => this.#isListed(of, after)
        : () => this.#isCounted(of, resources, after)
    for (let pause = FIRST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
      if (await isThere()) return true
      if (performance.now() + pause > until) return false
      await delay(pause)
    }
  }

  /** Whether a list has an event of a resource, also in its index. */
  async #isListed(build: BuildName, { id, version }: After): Promise<boolean> {
    const entry = await this.#store.get(resourcePlace(build, id))
    if (!entry || entry.revision < version) return false
    const { key, sort } = entry
    if (key === undefined || sort === undefined) return true
    for await (const { revision } of this.#store.found(key, { from: sort, about: 1 })) {
      return revision >= entry.revision
    }
    return false
  }

  async #isCounted(build: BuildName, resources: readonly string[], { id, version }: After) {
    const positions = await Promise.all(
      resources.map((resource) => this.#store.get(positionPlace(build, resource, id))),
    )
    return positions.some(
      (position?: Entry) => position !== undefined && position.revision >= version,
    )
  }
}

type After = NonNullable<ViewQuery['after']>

/** Leaves out the place that a resource had before the event that the caller knows. */
async function* withoutStale(
  items: AsyncIterable<Ordered<ListItem>>,
  { id, version }: After,
): AsyncGenerator<Ordered<ListItem>> {
  for await (const ordered of items) {
    if (ordered.item.id !== id || ordered.item.version >= version) yield ordered
  }
}

/** @throws InvalidArgument for a sort value that cannot be one, or an empty range */
function rangeOf({ from, to }: ViewQuery): EntryRange {
  asArgument('from', from, () => sortRange(from, undefined))
  asArgument('to', to, () => sortRange(undefined, to))
  const range = sortRange(from, to)
  const isEmpty =
    range.from !== undefined &&
    range.before !== undefined &&
    compareBytes(range.from, range.before) >= 0
  if (!isEmpty) return range
  throw new InvalidArgument(`from must not be above to; got ${from} and ${to}`, {
    argument: 'from',
    value: from,
  })
}

function checkAfter({ id, version }: After): void {
  checkId(id)
  checkWhole('after.version', version, 1)
}

/** Runs a step that reads an argument, and names the argument if it cannot be read. */
function asArgument<T>(argument: string, value: unknown, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!isEventSourcingError(error)) throw error
    throw new InvalidArgument(`${argument}: ${error.message}`, { argument, value })
  }
}
