export type { Auth, AuthOption, IamAuth, Token } from './auth/auth.ts'
export type { AwsCredentials } from './auth/signature.ts'
export { ApiError, isApiError } from './errors.ts'
export type { ApiEvent, ApiResource, Field } from './event.ts'
export {
  type EventFeed,
  type EventFeedOptions,
  eventFeed,
  type WatchEventsOptions,
  type WatchOptions,
} from './event-feed.ts'
export type { GraphQLRequest, SubscriptionObserver, Transport } from './transport.ts'
export { type AmplifyClientLike, amplifyTransport } from './transports/amplify-transport.ts'
export { type ApolloClientLike, apolloTransport } from './transports/apollo-transport.ts'
export { type AppSyncTransportOptions, appSyncTransport } from './transports/appsync-transport.ts'
export {
  type PageArguments,
  type ViewFeed,
  type ViewFeedOptions,
  type ViewPage,
  type ViewReadOptions,
  type ViewRow,
  viewFeed,
  viewRowFeed,
} from './view-feed.ts'
export type { EventListener, KnownEvent, Position, ViewedFeed } from './views/position.ts'
