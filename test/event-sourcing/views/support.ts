import { bind, inMemoryEventStore, within } from '../../../lib/event-sourcing/index.ts'
import {
  type CheckpointStore,
  Dispatcher,
  inMemoryCheckpointStore,
} from '../../../lib/event-sourcing/reactions/index.ts'
import {
  type AnyView,
  fold,
  type HostedView,
  list,
  type Verification,
  ViewBuilder,
  type ViewBuilderOptions,
  ViewOperations,
  ViewReader,
  type ViewStore,
  verifyView,
} from '../../../lib/event-sourcing/views/index.ts'
import { Concert } from '../../app/lib/tickets/index.ts'

export const concertsByStatus = list(Concert, {
  version: 1,
  by: ({ status }) => status,
  sort: ({ quantity }) => quantity,
})

export const reservedSeats = fold(Concert, {
  version: 1,
  by: (_, { id }) => id.slice(0, 1),
  initial: { seats: 0, times: 0 },
  on: {
    SeatsReserved: ({ seats, times }, { quantity }) => ({
      seats: seats + quantity,
      times: times + 1,
    }),
    SeatsReleased: (row, { quantity }) => ({ ...row, seats: row.seats - quantity }),
  },
})

export function hosted(name: string, view: AnyView): HostedView {
  return {
    name,
    view,
    resources: view.kind === 'list' ? ['Concert'] : view.of.map(() => 'Concert'),
  }
}

/** Views on their own stores, with a dispatcher whose reactors build them. */
export class TestViews {
  readonly store: ViewStore
  readonly checkpoints: CheckpointStore = inMemoryCheckpointStore()
  readonly switched: string[] = []
  readonly removed: string[] = []
  readonly lags: number[] = []
  readonly #views: readonly HostedView[]
  readonly #builder: ViewBuilder

  constructor(
    store: ViewStore,
    views: readonly HostedView[],
    { checkpoints, ...options }: Partial<ViewBuilderOptions> = {},
  ) {
    this.store = store
    this.#views = views
    if (checkpoints) this.checkpoints = checkpoints
    this.#builder = new ViewBuilder({
      ...{ views, store, checkpoints: this.checkpoints, ...options },
      observer: {
        switched: (view, { build }) => this.switched.push(`${view} ${build}`),
        removed: (view, { build }) => this.removed.push(`${view} ${build}`),
        lag: (_, ms) => this.lags.push(ms),
      },
    })
  }

  /** Delivers the news of events, as a stream does. */
  async wake(...ids: readonly string[]): Promise<void> {
    const dispatcher = await this.#dispatcher()
    const { name } = concertStore()
    const events = ids.map((id) => ({ id, number: 1, type: 'SeatsAdded' }))
    await within(60_000, () => dispatcher.wake(name, events))
  }

  /** Runs what the schedule runs. */
  async schedule(): Promise<void> {
    const dispatcher = await this.#dispatcher()
    await within(60_000, async () => {
      await dispatcher.runDue()
      await this.#builder.maintain()
    })
  }

  async #dispatcher(): Promise<Dispatcher> {
    const { checkpoints } = this
    return new Dispatcher({ reactors: await this.#builder.reactors(), checkpoints })
  }

  get reader(): ViewReader {
    return new ViewReader({ views: this.#views, store: this.store, patience: 50 })
  }

  get operations(): ViewOperations {
    return new ViewOperations(this)
  }

  /** Compares a view with all histories. */
  async verify(name: string): Promise<Verification> {
    const found = this.#views.find((one) => one.name === name)
    if (!found) throw new Error(`There is no view ${name}`)
    return verifyView(found, this.store)
  }
}

let concerts = inMemoryEventStore({ name: 'Concerts', pageSize: 3 })

/** Returns the store of the concerts. */
export function concertStore() {
  return concerts
}

/** Binds the class to a new, empty store. */
export function newConcerts(): void {
  concerts = inMemoryEventStore({ name: 'Concerts', pageSize: 3 })
  bind(Concert, concerts)
}
