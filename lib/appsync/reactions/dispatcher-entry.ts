import { dynamoDBCheckpointStore } from '../../event-sourcing/reactions/index.ts'
import { type Published, publishersOf } from '../publishing/publishers.ts'
import { type ApiResource, prepareResources } from '../resolvers/api-resource.ts'
import { reactionHandler } from './dispatcher-handler.ts'
import { ownFunction } from './own-function.ts'
import { type DomainFiles, reactorsOf } from './reactors-in-file.ts'

export interface ReactionsParts {
  /** The exports of files like resolvers/ordering/reactions.ts, by domain. */
  readonly domains: DomainFiles
  /** The events for other teams. */
  readonly published: readonly Published[]
  /** The resources of all domains. */
  readonly resources: readonly ApiResource[]
}

/**
 * Returns the handler of the dispatcher function, which hosts the reactors of all domains, and those
 * that publish events. Synth generates the function's entry.
 */
export function handlerOf({ domains, published, resources }: ReactionsParts) {
  prepareResources(resources)
  const checkpoints = dynamoDBCheckpointStore({ tableName: process.env.CHECKPOINT_TABLE })
  const reactors = { ...reactorsOf(domains), ...publishersOf(published, resources) }
  // A variable of a development stage, where time is shortened.
  const { WAKE_UP_HURRY = '1' } = process.env
  return reactionHandler(reactors, checkpoints, ownFunction(), Number(WAKE_UP_HURRY))
}
