export { handledTypes } from '../event-sourcing/index.ts'
export type { AnyReactor } from '../event-sourcing/reactions/index.ts'
export {
  type CommandInput,
  commitOptions,
  limited,
  momentOptions,
  orNull,
  resourceId,
  uuid,
} from './arguments.ts'
export { enumValue } from './enum-value.ts'
export { eventPage } from './event-page.ts'
export { feedHandler } from './feed.ts'
export { type Feed, tableVariable } from './feeds.ts'
export type { FieldFunction, Fields } from './field.ts'
export { fieldsOf } from './fields-of.ts'
export { METRICS } from './metric.ts'
export { operationCommands, operationQueries } from './operations.ts'
export { MOST_MESSAGES } from './publish-requests.ts'
export { type Publish, signedPublisher } from './publisher.ts'
export { reactionsOf, reactorName } from './reactions-of.ts'
export { resolverHandler } from './resolver-handler.ts'
export { functionSigner, type Signer, signedRequest } from './signed-request.ts'
