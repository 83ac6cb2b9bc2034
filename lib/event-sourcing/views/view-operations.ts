import { InvalidArgument } from '../errors.ts'
import type { CheckpointStore } from '../reactions/checkpoints/checkpoint-store.ts'
import { buildPrefix } from './building/reactor-name.ts'
import { type Build, rebuilding, type ViewRecord } from './builds/view-record.ts'
import { ViewRecords } from './builds/view-records.ts'
import type { ViewStore } from './store/view-store.ts'

/** The builds of a view, and how far they are. */
export interface ViewProgress {
  readonly view: string
  readonly builds: readonly BuildProgress[]
}

export interface BuildProgress extends Build {
  /**
   * The number of resources that the build has compared with the events in its present pass. 0 when
   * no pass is under way.
   */
  readonly compared: number
  /** Whether a pass over all resources is under way. */
  readonly isComparing: boolean
  /** The number of resources that wait for a retry after an error, at most 1000. */
  readonly parked: number
}

const MOST_PARKED = 1000

/** The operators' actions on views. */
export class ViewOperations {
  readonly #records: ViewRecords
  readonly #checkpoints: CheckpointStore

  constructor({ store, checkpoints }: { store: ViewStore; checkpoints: CheckpointStore }) {
    this.#records = new ViewRecords(store)
    this.#checkpoints = checkpoints
  }

  /**
   * Returns all views that were ever built.
   * @throws StoreUnavailable
   */
  async progress(): Promise<readonly ViewProgress[]> {
    const progress: ViewProgress[] = []
    for (const { view, builds } of await this.#records.all()) {
      const counted = builds.map((build) => this.#progressOf(view, build))
      progress.push({ view, builds: await Promise.all(counted) })
    }
    return progress
  }

  /**
   * Builds a view anew, from the first event on, beside the one that answers queries. An unfinished
   * build is given up.
   * @throws InvalidArgument if there is no such view
   */
  async rebuild(view: string): Promise<ViewRecord> {
    const { builds } = await this.#records.read(view)
    const latest = builds.filter(({ state }) => state !== 'removing').at(-1)
    if (latest) {
      return this.#records.change(view, (now) => rebuilding(now, latest.version, Date.now()))
    }
    const names = (await this.#records.all()).map((record) => record.view).join(', ') || 'none'
    throw new InvalidArgument(`There is no view ${view}. The views are: ${names}`, {
      argument: 'view',
      value: view,
    })
  }

  async #progressOf(view: string, build: Build): Promise<BuildProgress> {
    const prefix = buildPrefix({ view, build: build.build })
    let [compared, parked, isComparing] = [0, 0, false]
    for await (const { reactor, reconciler } of this.#checkpoints.reactors()) {
      if (!reactor.startsWith(prefix)) continue
      compared += reconciler.pass?.resources ?? 0
      isComparing ||= reconciler.served < reconciler.asked
      for await (const checkpoint of this.#checkpoints.due(reactor, Number.MAX_SAFE_INTEGER)) {
        if (checkpoint.parked) parked += 1
        if (parked === MOST_PARKED) break
      }
    }
    return { ...build, compared, isComparing, parked }
  }
}
