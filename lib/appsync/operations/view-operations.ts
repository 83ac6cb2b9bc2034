import { InvalidArgument, RunStopped } from '../../event-sourcing/index.ts'
import { inMemoryCheckpointStore } from '../../event-sourcing/reactions/index.ts'
import {
  inMemoryViewStore,
  ViewOperations,
  type ViewProgress,
} from '../../event-sourcing/views/index.ts'
import type { InvokedFunction } from '../reactions/invoked-function.ts'
import type { Rebuilt } from '../views/views-handler.ts'

/** How long an operator waits for the views function, in milliseconds. */
const PATIENCE = 15_000

/** The tables that a verification of views reads. */
export interface ViewTables {
  readonly region: string
  readonly views: string
  /** The tables of events, by resource type. */
  readonly events: readonly { readonly resource: string; readonly table: string }[]
}

/**
 * Returns the Query fields that show the state of views. Only for signed requests.
 * @param tables undefined: the app has no views
 */
export function viewOperationQueries(operations: ViewOperations, tables?: ViewTables) {
  return {
    views: (): Promise<readonly ViewProgress[]> => operations.progress(),
    viewTables: () => tables ?? null,
  }
}

/**
 * Returns the Mutation fields that control views. Only for signed requests.
 * @param views the function that alone writes views; undefined: the app has no views
 */
export function viewOperationCommands(views?: InvokedFunction) {
  return {
    async rebuildView({ input: { view } }: { readonly input: { readonly view: string } }) {
      if (!views) throw noView(`There is no view ${view}. The app has no views`, view)
      const rebuilt = await views.run({ work: 'rebuild', view }, AbortSignal.timeout(PATIENCE))
      if (!isRebuilt(rebuilt)) throw new RunStopped('The views function answered without a build')
      if ('refused' in rebuilt) throw noView(rebuilt.refused, view)
      return { view, build: rebuilt.build }
    },
  }
}

/** Returns the names of the operators' fields for views. */
export function viewOperationFields(operation: 'Query' | 'Mutation'): string[] {
  const stores = { store: inMemoryViewStore(), checkpoints: inMemoryCheckpointStore() }
  return Object.keys(
    operation === 'Query'
      ? viewOperationQueries(new ViewOperations(stores))
      : viewOperationCommands(),
  )
}

function noView(message: string, view: string): InvalidArgument {
  return new InvalidArgument(message, { argument: 'view', value: view })
}

function isRebuilt(value: unknown): value is Rebuilt {
  if (typeof value !== 'object' || value === null) return false
  return (
    ('build' in value && typeof value.build === 'number') ||
    ('refused' in value && typeof value.refused === 'string')
  )
}
