import type { CheckpointStore } from '../../reactions/checkpoints/checkpoint-store.ts'
import type { BatchReactor, Reactors } from '../../reactions/reactor.ts'
import { deadline } from '../../runtime/time-left.ts'
import {
  type Build,
  liveBuilds,
  removingAll,
  switchedTo,
  type ViewRecord,
  without,
  withVersion,
} from '../builds/view-record.ts'
import { ViewRecords } from '../builds/view-records.ts'
import type { HostedView } from '../hosted-view.ts'
import { type BuildName, partitionsOf } from '../places.ts'
import type { Place, ViewStore } from '../store/view-store.ts'
import { foldReactor } from './fold-reactor.ts'
import { FoldWriter } from './fold-writer.ts'
import { listReactor } from './list-reactor.ts'
import { buildPrefix, buildReactor } from './reactor-name.ts'

/** Receives the progress of the views, for logs and metrics. */
export interface ViewObserver {
  /** @param ms the time from the commit of an event to its place in the serving build */
  lag?(view: string, ms: number): void
  /** A build has begun. It is built by the next pass of the reconciler. */
  started?(view: string, build: Build): void
  /** A build answers queries from now on. */
  switched?(view: string, build: Build): void
  /** A replaced build is deleted. */
  removed?(view: string, build: Build): void
}

export interface ViewBuilderOptions {
  /** All views of the app. */
  readonly views: readonly HostedView[]
  readonly store: ViewStore
  readonly checkpoints: CheckpointStore
  readonly observer?: ViewObserver
  /**
   * How long after its replacement a build is deleted, in milliseconds: longer than an invocation
   * lasts that still reads or writes it. Default: 6 minutes.
   */
  readonly removeAfter?: number
}

const REMOVE_AFTER = 360_000
/** A view that the code does not have may be one of newer code, during a deployment. */
const UNKNOWN_FOR = 3_600_000
/** The minimum remaining time for deleting more entries, in milliseconds. */
const LEAST_TIME = 5000
const REMOVED_TOGETHER = 500

/**
 * Keeps the builds of the views up to date, by reactors. Switches to a new build once it has caught
 * up, and then deletes the old one.
 */
export class ViewBuilder {
  readonly #options: ViewBuilderOptions
  readonly #records: ViewRecords
  readonly #writers = new Map<string, FoldWriter>()
  #reactors: { readonly builds: string; readonly reactors: Reactors } | undefined

  constructor(options: ViewBuilderOptions) {
    this.#options = options
    this.#records = new ViewRecords(options.store)
  }

  /**
   * Returns the reactors of the builds that this code keeps up to date, by name. Starts the first
   * build of a new view or version. Returns the same object while the builds stay the same.
   * @throws StoreUnavailable
   */
  async reactors(): Promise<Reactors> {
    const live = await Promise.all(
      this.#options.views.map(async (hosted) => {
        const { version } = hosted.view
        const recent = await this.#records.recent(hosted.name)
        const isThere = liveBuilds(recent, version).length > 0
        const record = isThere ? recent : await this.#start(hosted)
        return liveBuilds(record, version).map((build) => ({ hosted, build }))
      }),
    )
    const builds = JSON.stringify(
      live.flat().map(({ hosted, build: { build, state } }) => [hosted.name, build, state]),
    )
    if (this.#reactors?.builds !== builds) {
      const reactors = live.flat().flatMap(({ hosted, build }) => this.#reactorsOf(hosted, build))
      this.#reactors = { builds, reactors: Object.fromEntries(reactors) }
    }
    return this.#reactors.reactors
  }

  /**
   * Switches to the builds that have caught up, and deletes replaced ones. The schedule calls it.
   * @throws StoreUnavailable
   */
  async maintain(): Promise<void> {
    for (const hosted of this.#options.views) {
      const record = await this.#records.read(hosted.name)
      const newest = liveBuilds(record, hosted.view.version).at(-1)
      if (newest?.state === 'building' && (await this.#hasCaughtUp(hosted, newest))) {
        await this.#switch(hosted.name, newest)
      }
    }
    for (const record of await this.#records.all()) await this.#clean(record)
  }

  /** Starts a build, unless another process has. */
  async #start({ name, view, resources }: HostedView): Promise<ViewRecord> {
    const { checkpoints } = this.#options
    const { newest } = await this.#records.read(name)
    // Without its table, a view begins anew. Checkpoints that are left would hide all events.
    for (const resource of newest === 0 ? resources : []) {
      const reactor = buildReactor({ view: name, build: 1 }, resource)
      if (await checkpoints.reactor(reactor)) await checkpoints.forget(reactor)
    }
    const record = await this.#records.change(name, (now) =>
      withVersion(now, view.version, Date.now()),
    )
    for (const build of liveBuilds(record, view.version)) {
      this.#options.observer?.started?.(name, build)
    }
    return record
  }

  #reactorsOf(hosted: HostedView, { build, state }: Build): [string, BatchReactor][] {
    const { view, resources } = hosted
    const { store, observer } = this.#options
    const name = { view: hosted.name, build }
    const shown = (created: string) => {
      if (state === 'serving') observer?.lag?.(hosted.name, Date.now() - Date.parse(created))
    }
    if (view.kind === 'list') {
      const [resource = ''] = resources
      const reactor = listReactor({ hosted, view, name, store, shown })
      return [[buildReactor(name, resource), reactor]]
    }
    const key = buildPrefix(name)
    const writer = this.#writers.get(key) ?? new FoldWriter({ name, view, store })
    this.#writers.set(key, writer)
    return view.of.map((of, index) => {
      const resource = resources[index] ?? ''
      const options = { hosted, view, name, of, resource, store, writer, shown }
      return [buildReactor(name, resource), foldReactor(options)]
    })
  }

  /** Whether a build has taken in all events of before, and nothing is parked or left over. */
  async #hasCaughtUp({ name, resources }: HostedView, { build }: Build): Promise<boolean> {
    const { checkpoints } = this.#options
    for (const resource of resources) {
      const reactor = buildReactor({ view: name, build }, resource)
      const { reconciler } = (await checkpoints.reactor(reactor)) ?? {}
      if (!reconciler || reconciler.asked === 0 || reconciler.served < reconciler.asked)
        return false
      const now = Date.now()
      for await (const { parked, due = 0 } of checkpoints.due(reactor, Number.MAX_SAFE_INTEGER)) {
        if (parked || due <= now) return false
      }
    }
    return true
  }

  async #switch(view: string, build: Build): Promise<void> {
    const record = await this.#records.change(view, (now) => {
      const isBuilding = now.builds.some(
        (one) => one.build === build.build && one.state === 'building',
      )
      return isBuilding ? switchedTo(now, build.build, Date.now()) : now
    })
    const serving = record.builds.find((one) => one.build === build.build)
    if (serving?.state === 'serving') this.#options.observer?.switched?.(view, serving)
  }

  /** Deletes the replaced builds of a view, and a view that is not in the code any more. */
  async #clean(record: ViewRecord): Promise<void> {
    const { view, builds } = record
    const isKnown = this.#options.views.some(({ name }) => name === view)
    if (!isKnown && builds.every(({ since }) => age(since) > UNKNOWN_FOR)) {
      await this.#records.change(view, (now) => removingAll(now, Date.now()))
    }
    const { removeAfter = REMOVE_AFTER } = this.#options
    for (const build of builds) {
      if (build.state !== 'removing' || age(build.since) < removeAfter) continue
      if (!(await this.#remove({ view, build: build.build }))) return
      await this.#records.change(view, (now) => without(now, build.build))
      this.#options.observer?.removed?.(view, build)
    }
  }

  /** @returns whether all is deleted, or the time was over */
  async #remove(name: BuildName): Promise<boolean> {
    const { store, checkpoints } = this.#options
    for (const partition of partitionsOf(name)) {
      let places: Place[] = []
      for await (const { item } of store.entries(partition)) {
        places.push({ partition, item })
        if (places.length < REMOVED_TOGETHER) continue
        await store.remove(places)
        places = []
        if (!hasTime()) return false
      }
      await store.remove(places)
      if (!hasTime()) return false
    }
    const prefix = buildPrefix(name)
    for await (const { reactor } of checkpoints.reactors()) {
      if (reactor.startsWith(prefix)) await checkpoints.forget(reactor)
      if (!hasTime()) return false
    }
    return true
  }
}

function age(since: string): number {
  return Date.now() - Date.parse(since)
}

function hasTime(): boolean {
  return deadline() - performance.now() > LEAST_TIME
}
