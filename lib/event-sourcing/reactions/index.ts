export type { Checkpoint, Parked, Skipped } from './checkpoint.ts'
export type { CheckpointStore } from './checkpoint-store.ts'
export {
  Dispatcher,
  type DispatcherObserver,
  type DispatcherOptions,
  type StreamedEvent,
} from './dispatcher.ts'
export {
  type DynamoDBCheckpointStoreOptions,
  dynamoDBCheckpointStore,
} from './dynamodb-checkpoint-store.ts'
export { inMemoryCheckpointStore } from './in-memory-checkpoint-store.ts'
export { NotParked, type Progress, ReactorOperations, type Rewound } from './operations.ts'
export {
  type AnyReactor,
  type EventReactions,
  isReactionCommandId,
  type Reaction,
  type Reactor,
  type ReactorOptions,
  type Reactors,
  reactor,
} from './reactor.ts'
