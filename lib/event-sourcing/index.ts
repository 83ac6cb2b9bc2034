export {
  Aggregate,
  type AggregateClass,
  type AnyAggregate,
  type CommandOptions,
  type CommitOptions,
  type Decide,
  type EventOf,
  type PageOptions,
  type Proposal,
} from './aggregate.ts'
export { type BindOptions, bind } from './binding.ts'
export { type CommittedTo, commitTogether, type Proposals } from './commit-together.ts'
export { type DynamoDBEventStoreOptions, dynamoDBEventStore } from './dynamodb-event-store.ts'
export {
  CommandIdReused,
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
export type {
  Appended,
  EventStore,
  HistoryRange,
  ScanRange,
  Step,
  Transacted,
} from './event-store.ts'
export { handledTypes, handles } from './handlers.ts'
export { type InMemoryEventStoreOptions, inMemoryEventStore } from './in-memory-event-store.ts'
export type { MomentOptions } from './moment.ts'
export type { Page } from './page.ts'
export type { Resource } from './resource.ts'
export type { EventSchemas, StandardSchema } from './schemas.ts'
export { storedEvent, withoutId } from './stored-event.ts'
export { STANDARD_TIME, within } from './time-left.ts'
export {
  type Annotate,
  type Annotations,
  causedBy,
  currentTraceId,
  traced,
  tracedInvocation,
} from './tracing.ts'
export { type PastEvent, type Upcasters, upcast } from './upcasters.ts'
export { uuid } from './uuid.ts'
