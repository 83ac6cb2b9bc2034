import { dynamoDBCheckpointStore } from '../../event-sourcing/reactions/index.ts'
import { dynamoDBViewStore } from '../../event-sourcing/views/index.ts'
import { ownFunction } from '../reactions/invoked-function.ts'
import { type ApiResource, prepareResources } from '../resolvers/api-resource.ts'
import { hostedViews } from './hosted-views.ts'
import type { ViewField, ViewFiles } from './view-field.ts'
import { viewsHandler } from './views-handler.ts'

export interface ViewsParts {
  /** The exports of files like resolvers/shopping/views.ts, by domain. */
  readonly files: ViewFiles
  /** The query fields of all views. */
  readonly fields: readonly ViewField[]
  /** The resources whose events the views need. */
  readonly resources: readonly ApiResource[]
}

/** Returns the handler of the function that builds all views. Synth generates its entry. */
export function handlerOf({ files, fields, resources }: ViewsParts) {
  prepareResources(resources)
  return viewsHandler({
    views: hostedViews(files, fields),
    store: dynamoDBViewStore({ tableName: process.env.VIEW_TABLE }),
    checkpoints: dynamoDBCheckpointStore({ tableName: process.env.CHECKPOINT_TABLE }),
    own: ownFunction(),
  })
}
