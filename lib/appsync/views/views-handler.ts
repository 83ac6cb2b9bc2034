import { isEventSourcingError } from '../../event-sourcing/index.ts'
import {
  type CheckpointStore,
  Dispatcher,
  type Reactors,
} from '../../event-sourcing/reactions/index.ts'
import {
  type Build,
  type HostedView,
  ViewBuilder,
  ViewOperations,
  type ViewStore,
} from '../../event-sourcing/views/index.ts'
import { type InvocationContext, invocation } from '../invocation.ts'
import { log } from '../log.ts'
import { metric } from '../metric.ts'
import {
  type DispatcherEvent,
  elsewhere,
  hostHandler,
  observer,
} from '../reactions/dispatcher-handler.ts'
import type { InvokedFunction } from '../reactions/invoked-function.ts'

/** The events of the views function: those of each host of reactors, and an operator's command. */
export type ViewsEvent = DispatcherEvent | Rebuild

export interface Rebuild {
  readonly work: 'rebuild'
  readonly view: string
}

/** The answer to {@link Rebuild}: the number of the new build, or why there is none. */
export type Rebuilt = { readonly build: number } | { readonly refused: string }

/** The work that builds a new build before the next run of the schedule. */
const BUILD = { work: 'run due', atOnce: true } as const
/** The minimum time between two runs of due work in one process, in milliseconds. */
const LEAST_PAUSE = 1000

export interface ViewsHandlerOptions {
  readonly views: readonly HostedView[]
  readonly store: ViewStore
  readonly checkpoints: CheckpointStore
  /** Further invocations of the function. Default: the invocation that finds work does it. */
  readonly own?: InvokedFunction
}

/**
 * Returns the Lambda handler of the function that builds the views. Each minute it also switches to
 * the builds that have caught up. Reports how long the newest events took, for each view.
 */
export function viewsHandler({ views, store, checkpoints, own }: ViewsHandlerOptions) {
  const lags = new Lags()
  let hasStarted = false
  let lastRun = Number.NEGATIVE_INFINITY
  const builder = new ViewBuilder({
    ...{ views, store, checkpoints },
    observer: {
      lag: (view, ms) => lags.add(view, ms),
      started(view, build) {
        hasStarted = true
        logBuild('builds', view, build)
      },
      switched: (view, build) => logBuild('serves', view, build),
      removed: (view, build) => logBuild('removed', view, build),
    },
  })
  const { parked, progress } = observer
  const operations = new ViewOperations({ store, checkpoints })
  let current: { readonly reactors: Reactors; readonly dispatcher: Dispatcher } | undefined
  /** Builds a new build in another invocation, before the schedule would. */
  async function buildAtOnce(): Promise<void> {
    hasStarted = false
    await own?.enqueue(BUILD)
  }
  /** Whether a run of due work follows another one so soon that it would find nothing. */
  function isRepeated(event: ViewsEvent): boolean {
    if (!('work' in event) || event.work !== 'run due') return false
    const now = performance.now()
    if (!event.atOnce && now - lastRun < LEAST_PAUSE) return true
    lastRun = now
    return false
  }
  const handle = hostHandler({
    name: 'views',
    own,
    async dispatcher() {
      const reactors = await builder.reactors()
      if (hasStarted) await buildAtOnce()
      if (current?.reactors !== reactors) {
        const options = { reactors, checkpoints, observer: { parked, progress } }
        current = { reactors, dispatcher: new Dispatcher({ ...options, ...elsewhere(own) }) }
      }
      return current.dispatcher
    },
    afterDue: () => builder.maintain(),
  })
  return async (event: ViewsEvent, context: InvocationContext): Promise<Rebuilt | undefined> => {
    if ('work' in event && event.work === 'rebuild') {
      return invocation('views', async () => {
        const answer = await rebuilt(operations, event.view)
        if ('build' in answer) await own?.enqueue(BUILD)
        return answer
      })
    }
    if (isRepeated(event)) return undefined
    try {
      await handle(event, context)
    } finally {
      lags.report()
    }
    return undefined
  }
}

async function rebuilt(operations: ViewOperations, view: string): Promise<Rebuilt> {
  try {
    const { newest } = await operations.rebuild(view)
    log('info', 'view', { view, build: newest, now: 'rebuilds' })
    return { build: newest }
  } catch (error) {
    if (!isEventSourcingError(error, 'InvalidArgument')) throw error
    return { refused: error.message }
  }
}

/** The highest lag of each view in an invocation. */
class Lags {
  readonly #highest = new Map<string, number>()

  add(view: string, ms: number): void {
    this.#highest.set(view, Math.max(this.#highest.get(view) ?? 0, ms))
  }

  report(): void {
    for (const [view, ms] of this.#highest) metric('ViewLag', ms, { view }, 'Milliseconds')
    this.#highest.clear()
  }
}

function logBuild(now: string, view: string, { build, version }: Build): void {
  log('info', 'view', { view, build, version, now })
}
