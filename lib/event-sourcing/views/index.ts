export { ViewBuilder, type ViewBuilderOptions, type ViewObserver } from './building/view-builder.ts'
export type { Build, BuildState } from './builds/view-record.ts'
export { type HostedView, isUnderKey } from './hosted-view.ts'
export { InvalidView } from './places.ts'
export {
  type ViewPage,
  type ViewQuery,
  ViewReader,
  type ViewReaderOptions,
} from './reading/view-reader.ts'
export {
  type DynamoDBViewStoreOptions,
  dynamoDBViewStore,
  VIEW_INDEX,
} from './store/dynamodb-view-store.ts'
export { inMemoryViewStore } from './store/in-memory-view-store.ts'
export type { Change, Changed, Entry, EntryRange, Place, ViewStore } from './store/view-store.ts'
export { type Difference, type Verification, verifyView } from './verification.ts'
export {
  type AnyView,
  type EventFacts,
  type EventsOf,
  type FoldOptions,
  type FoldRow,
  type FoldView,
  fold,
  isView,
  type KeyPart,
  type ListItem,
  type ListOptions,
  type ListView,
  list,
  type ResourceFacts,
  type SortValue,
  type ViewKey,
  type ViewOptions,
  type Views,
} from './view.ts'
export { type BuildProgress, ViewOperations, type ViewProgress } from './view-operations.ts'
