import { dynamoDBCheckpointStore } from '../../event-sourcing/reactions/index.ts'
import { tableVariable } from '../feed/feeds.ts'
import { type Published, publishersOf } from '../publishing/publishers.ts'
import { type ApiResource, prepareResources } from '../resolvers/api-resource.ts'
import { type Forward, reactionHandler } from './dispatcher-handler.ts'
import { invokedFunction, ownFunction } from './invoked-function.ts'
import { type DomainFiles, reactorsOf } from './reactors-in-file.ts'

export interface ReactionsParts {
  /** The exports of files like resolvers/ordering/reactions.ts, by domain. */
  readonly domains: DomainFiles
  /** The events for other teams. */
  readonly published: readonly Published[]
  /** The resources of all domains. */
  readonly resources: readonly ApiResource[]
  /** The resource types whose new events the views function needs. */
  readonly viewed: readonly string[]
}

/**
 * Returns the handler of the dispatcher function, which hosts the reactors of all domains, and those
 * that publish events. Synth generates the function's entry.
 */
export function handlerOf({ domains, published, resources, viewed }: ReactionsParts) {
  prepareResources(resources)
  const checkpoints = dynamoDBCheckpointStore({ tableName: process.env.CHECKPOINT_TABLE })
  const reactors = { ...reactorsOf(domains), ...publishersOf(published, resources) }
  // A variable of a development stage, where time is shortened.
  const { WAKE_UP_HURRY = '1' } = process.env
  const options = { forward: forwardOf(viewed), hurry: Number(WAKE_UP_HURRY) }
  return reactionHandler(reactors, checkpoints, ownFunction(), options)
}

function forwardOf(viewed: readonly string[]): Forward | undefined {
  const tables = viewed.flatMap((resource) => process.env[tableVariable(resource)] ?? [])
  return tables.length === 0
    ? undefined
    : { to: invokedFunction(process.env.VIEWS_FUNCTION), tables }
}
