export {
  Aggregate,
  type AggregateClass,
  type AnyAggregate,
  type CommitOptions,
  type Decide,
  type PageOptions,
  type Proposal,
  type Resource,
} from './aggregate.ts'
export { idOfCommand, isUserId, uuid } from './arguments.ts'
export {
  type BindOptions,
  bind,
  type CommitCheck,
  type CommitObserver,
  type ProposedCommit,
} from './binding.ts'
export { type CommittedTo, commitTogether, type Proposals } from './commits/commit-together.ts'
export type { CommandOptions } from './commits/plan.ts'
export {
  CommandIdReused,
  CorruptHistory,
  type ErrorData,
  EventRejected,
  EventSourcingError,
  Forbidden,
  InvalidArgument,
  InvalidEvent,
  InvalidId,
  InvalidState,
  isEventSourcingError,
  NotBound,
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
  EventOf,
  EventOfType,
  NewEvent,
  StoredEvent,
  Uncommitted,
} from './event.ts'
export type { Failure, Page } from './lists/page.ts'
export { findOwner, ownerOf } from './owner.ts'
export { Misuse, RunStopped } from './runtime/composed-errors.ts'
export {
  isLoggableId,
  isOfStore,
  type Loggable,
  loggable,
  loggableData,
  logsPayloads,
} from './runtime/loggable.ts'
export { describeThrown, property, type Thrown } from './runtime/thrown.ts'
export { STANDARD_TIME, within } from './runtime/time-left.ts'
export {
  type Annotate,
  type Annotations,
  causedBy,
  currentTraceId,
  traced,
  tracedInvocation,
  traceHeader,
} from './runtime/tracing.ts'
export { currentOrigin, during, type Work, type WorkContext } from './runtime/work.ts'
export { handledTypes, handles } from './state/handlers.ts'
export type { MomentOptions } from './state/moment.ts'
export { actorOfUser, userOf } from './state/ownership.ts'
export type { EventSchemas, StandardSchema } from './state/schemas.ts'
export { type PastEvent, type Upcasters, upcast } from './state/upcasters.ts'
export {
  type DynamoDBEventStoreOptions,
  dynamoDBEventStore,
} from './store/dynamodb/dynamodb-event-store.ts'
export type {
  Appended,
  EventStore,
  HistoryRange,
  OwnedRange,
  ScanRange,
  Step,
  Transacted,
} from './store/event-store.ts'
export {
  type InMemoryEventStoreOptions,
  inMemoryEventStore,
} from './store/in-memory-event-store.ts'
export { OWNER_INDEX, OWNER_KEY, storedEvent, withoutId } from './store/stored-event.ts'
