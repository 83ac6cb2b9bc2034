import {
  dynamoDBCheckpointStore,
  inMemoryCheckpointStore,
  ReactorOperations,
} from '../../event-sourcing/reactions/index.ts'
import { resolverHandler } from '../resolvers/resolver-handler.ts'
import { operationCommands, operationQueries } from './operations.ts'

export interface OperationsParts {
  readonly operation: 'Query' | 'Mutation'
  /** Whether the app has reactors, and therefore a table of checkpoints. */
  readonly hasReactors: boolean
}

/**
 * Returns the handler of the operators' queries or commands. Synth generates the function's entry.
 * In an app without reactors, the fields use an empty store.
 */
export function handlerOf({ operation, hasReactors }: OperationsParts) {
  const operations = new ReactorOperations(
    hasReactors
      ? dynamoDBCheckpointStore({ tableName: process.env.CHECKPOINT_TABLE })
      : inMemoryCheckpointStore(),
  )
  return resolverHandler(
    operation === 'Query' ? operationQueries(operations) : operationCommands(operations),
  )
}
