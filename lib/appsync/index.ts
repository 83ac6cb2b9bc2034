export { handledTypes, OWNER_INDEX, OWNER_KEY } from '../event-sourcing/index.ts'
export { type AnyReactor, wakeMistakes } from '../event-sourcing/reactions/index.ts'
export type { AnyView } from '../event-sourcing/views/index.ts'
export { actorOf, type Caller, callerOf, FIRST_USERS, type User } from './access/caller.ts'
export { KEY_MAY_ALL, type ResourceSubject, type Subject } from './access/guard.ts'
export {
  type AnyRule,
  concernsOwner,
  everyone,
  group,
  iam,
  type OwnerlessRule,
  or,
  owner,
  type Rule,
  type Rules,
  rulesOf,
  users,
} from './access/rules.ts'
export { feedHandler } from './feed/feed.ts'
export { type Feed, tableVariable } from './feed/feeds.ts'
export { MOST_MESSAGES } from './feed/publish-requests.ts'
export { type Publish, signedPublisher } from './feed/publisher.ts'
export { METRICS } from './metric.ts'
export { operationFields } from './operations/operations.ts'
export { busVariable, type Published } from './publishing/publishers.ts'
export { reactionsOf, reactorName } from './reactions/reactors-in-file.ts'
export type { BuiltInQueries } from './resolvers/built-in-queries.ts'
export type { AttributesOf, Fits, MissingAttributes, NoneMissing } from './resolvers/checks.ts'
export { command, type DomainInput } from './resolvers/command.ts'
export { type FieldFunction, type FieldRequest, type Fields, fieldsOf } from './resolvers/field.ts'
export { type EnumValue, type Presentation, type Shown, show } from './resolvers/presentation.ts'
export { query, type ReadOnly, type Resources } from './resolvers/query.ts'
export { resolverHandler } from './resolvers/resolver-handler.ts'
export type { SchemaTypes } from './schema-check/commit-check.ts'
export { functionSigner, type Signer, signedRequest } from './signed-request.ts'
export { type ApiView, hostedViews } from './views/hosted-views.ts'
export type { FoldFor, ListFor, PageFor } from './views/typed-views.ts'
export { type ViewArgument, type ViewField, viewsIn } from './views/view-field.ts'
