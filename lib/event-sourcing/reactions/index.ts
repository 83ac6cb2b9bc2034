export type { Checkpoint, Parked, Skipped, Wake } from './checkpoints/checkpoint.ts'
export type { CheckpointStore } from './checkpoints/checkpoint-store.ts'
export {
  type DynamoDBCheckpointStoreOptions,
  dynamoDBCheckpointStore,
} from './checkpoints/dynamodb-checkpoint-store.ts'
export { inMemoryCheckpointStore } from './checkpoints/in-memory-checkpoint-store.ts'
export type { ReactorRecord } from './checkpoints/reactor-record.ts'
export {
  Dispatcher,
  type DispatcherObserver,
  type DispatcherOptions,
  type StreamedEvent,
  type Suspect,
} from './dispatcher.ts'
export { NotParked, type Progress, ReactorOperations, type Rewound } from './operations.ts'
export {
  type AnyReactor,
  type Batch,
  type BatchReactor,
  type EventReactions,
  isBatchReactor,
  isReactionCommandId,
  type Reaction,
  type Reactor,
  type ReactorOptions,
  type Reactors,
  reactor,
  TakeInFailed,
  type WakeReactions,
  type WakeUp,
} from './reactor.ts'
export { currentHistory } from './stored-history.ts'
export { timerName, wakeMistakes, wakesOf } from './wakes/names.ts'
export type { WokenUp } from './wakes/wake-runner.ts'
