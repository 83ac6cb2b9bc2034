import { dynamoDBCheckpointStore } from '../event-sourcing/reactions/index.ts'
import { reactionHandler } from './reactions.ts'
import { type DomainFiles, reactorsOf } from './reactions-of.ts'

/**
 * Makes the handler of the dispatcher function, which hosts the reactors of all domains. Its entry
 * is generated at synth.
 * @param domains by the name of each domain, a file like resolvers/ordering/reactions.ts
 */
export function handlerOf(domains: DomainFiles) {
  const checkpoints = dynamoDBCheckpointStore({ tableName: process.env.CHECKPOINT_TABLE })
  return reactionHandler(reactorsOf(domains), checkpoints)
}
