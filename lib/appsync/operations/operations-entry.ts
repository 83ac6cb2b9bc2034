import {
  dynamoDBCheckpointStore,
  inMemoryCheckpointStore,
  ReactorOperations,
} from '../../event-sourcing/reactions/index.ts'
import {
  dynamoDBViewStore,
  inMemoryViewStore,
  ViewOperations,
} from '../../event-sourcing/views/index.ts'
import { tableVariable } from '../feed/feeds.ts'
import { invokedFunction } from '../reactions/invoked-function.ts'
import { resolverHandler } from '../resolvers/resolver-handler.ts'
import { operationCommands, operationQueries } from './operations.ts'
import { type ViewTables, viewOperationCommands, viewOperationQueries } from './view-operations.ts'

export interface OperationsParts {
  readonly operation: 'Query' | 'Mutation'
  /** Whether the app has reactors or views, and therefore a table of checkpoints. */
  readonly hasReactors: boolean
  /** The resource types whose events the views need. Empty: the app has no views. */
  readonly viewed: readonly string[]
}

/**
 * Returns the handler of the operators' queries or commands. Synth generates the function's entry.
 * In an app without reactors, the fields use an empty store.
 */
export function handlerOf({ operation, hasReactors, viewed }: OperationsParts) {
  const checkpoints = hasReactors
    ? dynamoDBCheckpointStore({ tableName: process.env.CHECKPOINT_TABLE })
    : inMemoryCheckpointStore()
  const hasViews = viewed.length > 0
  const operations = new ReactorOperations(checkpoints)
  if (operation === 'Mutation') {
    const views = hasViews ? invokedFunction(process.env.VIEWS_FUNCTION) : undefined
    return resolverHandler({ ...operationCommands(operations), ...viewOperationCommands(views) })
  }
  const store = hasViews
    ? dynamoDBViewStore({ tableName: process.env.VIEW_TABLE })
    : inMemoryViewStore()
  const views = new ViewOperations({ store, checkpoints })
  const tables = hasViews ? tablesOf(viewed) : undefined
  return resolverHandler({
    ...operationQueries(operations),
    ...viewOperationQueries(views, tables),
  })
}

function tablesOf(viewed: readonly string[]): ViewTables {
  const { AWS_REGION: region = '', VIEW_TABLE: views = '' } = process.env
  const events = viewed.map((resource) => ({
    resource,
    table: process.env[tableVariable(resource)] ?? '',
  }))
  return { region, views, events }
}
