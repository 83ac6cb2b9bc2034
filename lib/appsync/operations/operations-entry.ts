import { dynamoDBCheckpointStore, ReactorOperations } from '../../event-sourcing/reactions/index.ts'
import { resolverHandler } from '../resolvers/resolver-handler.ts'
import { operationCommands, operationQueries } from './operations.ts'

/**
 * Returns the handler of the operators' queries or commands. Synth generates the function's entry.
 */
export function handlerOf(operation: 'Query' | 'Mutation') {
  const operations = new ReactorOperations(
    dynamoDBCheckpointStore({ tableName: process.env.CHECKPOINT_TABLE }),
  )
  return resolverHandler(
    operation === 'Query' ? operationQueries(operations) : operationCommands(operations),
  )
}
