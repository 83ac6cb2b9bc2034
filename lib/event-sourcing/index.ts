export {
  Aggregate,
  type AggregateClass,
  type AnyAggregate,
  type CommitOptions,
  type Decide,
  type EventOf,
  type PageOptions,
} from './aggregate.ts'
export { bind } from './binding.ts'
export { type DynamoDBEventStoreOptions, dynamoDBEventStore } from './dynamodb-event-store.ts'
export {
  CorruptHistory,
  type ErrorData,
  EventRejected,
  EventSourcingError,
  InvalidArgument,
  InvalidEvent,
  InvalidId,
  isEventSourcingError,
  OutcomeUnknown,
  ResourceNotFound,
  StoreUnavailable,
  UnknownEvent,
  VersionConflict,
} from './errors.ts'
export type {
  Event,
  EventHandlers,
  EventMeta,
  EventOfType,
  StoredEvent,
  Uncommitted,
} from './event.ts'
export type { Appended, EventStore, HistoryRange } from './event-store.ts'
export { type InMemoryEventStoreOptions, inMemoryEventStore } from './in-memory-event-store.ts'
export type { Page } from './page.ts'
export type { Resource } from './resource.ts'
export { storedEvent, withoutId } from './stored-event.ts'
export {
  type Annotate,
  type Annotations,
  currentTraceId,
  traced,
  tracedInvocation,
} from './tracing.ts'
export { type PastEvent, type Upcasters, upcast } from './upcasters.ts'
