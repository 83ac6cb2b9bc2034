import { dynamoDBCheckpointStore } from '../../event-sourcing/reactions/index.ts'
import { type ApiResource, prepareResources } from '../resolvers/api-resource.ts'
import { reactionHandler } from './dispatcher-handler.ts'
import { ownFunction } from './own-function.ts'
import { type DomainFiles, reactorsOf } from './reactors-in-file.ts'

export interface ReactionsParts {
  /** The exports of files like resolvers/ordering/reactions.ts, by domain. */
  readonly domains: DomainFiles
  /** The resources of all domains. */
  readonly resources: readonly ApiResource[]
}

/**
 * Returns the handler of the dispatcher function, which hosts the reactors of all domains. Synth
 * generates the function's entry.
 */
export function handlerOf({ domains, resources }: ReactionsParts) {
  prepareResources(resources)
  const checkpoints = dynamoDBCheckpointStore({ tableName: process.env.CHECKPOINT_TABLE })
  // A variable of a development stage, where time is shortened.
  const { WAKE_UP_HURRY = '1' } = process.env
  return reactionHandler(reactorsOf(domains), checkpoints, ownFunction(), Number(WAKE_UP_HURRY))
}
