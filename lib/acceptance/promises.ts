import type { ProductPromise } from './promise.ts'
import {
  callersOnEvents,
  introspection,
  keyOpens,
  keyOperatesNothing,
  keyPublishesNothing,
  signatureOpens,
  strangers,
  wrongSignature,
} from './promises/access.ts'
import { concurrentCommands, concurrentWriters, expectedVersion } from './promises/conflicts.ts'
import { burst, feed, feedInOrder, filteredFeed } from './promises/feed.ts'
import { eventsInOrder, overwrittenEvent } from './promises/history.ts'
import { operations } from './promises/operations.ts'
import { eventPages, listPages } from './promises/pages.ts'
import { cancellation, confirmation, rejection } from './promises/reactions.ts'
import { badInput, rules, unknownIds } from './promises/refusals.ts'
import {
  concurrentRepeats,
  repeatedCommand,
  repeatedRefusal,
  reusedCommandId,
} from './promises/repeated-commands.ts'
import { stateAtInstant, stateAtVersion, stateFromEvents } from './promises/state.ts'
import { views } from './promises/views.ts'
import { watcher } from './promises/watcher.ts'

/** All promises, in the order of the table. */
export const PROMISES: readonly ProductPromise[] = [
  eventsInOrder,
  stateFromEvents,
  stateAtVersion,
  stateAtInstant,
  repeatedCommand,
  repeatedRefusal,
  concurrentRepeats,
  reusedCommandId,
  expectedVersion,
  concurrentCommands,
  concurrentWriters,
  rules,
  unknownIds,
  badInput,
  listPages,
  eventPages,
  feed,
  filteredFeed,
  burst,
  feedInOrder,
  watcher,
  confirmation,
  rejection,
  cancellation,
  views,
  operations,
  keyOpens,
  signatureOpens,
  callersOnEvents,
  keyPublishesNothing,
  keyOperatesNothing,
  strangers,
  wrongSignature,
  introspection,
  overwrittenEvent,
]
