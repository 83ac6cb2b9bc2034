import { dynamoDBCheckpointStore } from '../../event-sourcing/reactions/index.ts'
import { type ApiResource, prepareResources } from '../resolvers/api-resource.ts'
import { reactionHandler } from './reactions.ts'
import { type DomainFiles, reactorsOf } from './reactions-of.ts'

export interface ReactionsParts {
  /** By the name of each domain, a file like resolvers/ordering/reactions.ts. */
  readonly domains: DomainFiles
  /** The resources of all domains. */
  readonly resources: readonly ApiResource[]
}

/**
 * Makes the handler of the dispatcher function, which hosts the reactors of all domains. Its entry
 * is generated at synth.
 */
export function handlerOf({ domains, resources }: ReactionsParts) {
  prepareResources(resources)
  const checkpoints = dynamoDBCheckpointStore({ tableName: process.env.CHECKPOINT_TABLE })
  return reactionHandler(reactorsOf(domains), checkpoints)
}
