import type { DynamoDBRecord } from 'aws-lambda'
import { tracedInvocation, within } from '../../event-sourcing/index.ts'
import {
  type CheckpointStore,
  Dispatcher,
  type DispatcherObserver,
  type Reactors,
  type StreamedEvent,
} from '../../event-sourcing/reactions/index.ts'
import { errorDetails, log } from '../log.ts'
import { metric } from '../metric.ts'
import type { InvocationContext } from '../resolvers/resolver-handler.ts'

/**
 * The events that wake the dispatcher: a batch of a table's stream, a batch that Lambda gave up, a
 * schedule, or the delay alarm.
 */
export type DispatcherEvent =
  | { readonly work: 'run due' | 'reconcile' }
  | { readonly source: 'aws.cloudwatch' }
  | { readonly Records: readonly WakeRecord[] }

type WakeRecord = DynamoDBRecord | { readonly eventSource: 'aws:sqs' }

/** The time reserved for work in progress, in milliseconds. */
const TIME_TO_END = 2000

/**
 * Returns a Lambda handler for reactors. The stream only wakes the dispatcher, which reads the
 * events and their order from the tables. Lambda retries a failed batch. A batch that was given up,
 * and the slow schedule, compare all resources with the checkpoints.
 */
export function reactionHandler(reactors: Reactors, checkpoints: CheckpointStore) {
  const dispatcher = new Dispatcher({ reactors, checkpoints, observer })
  return (event: DispatcherEvent, context: InvocationContext): Promise<void> =>
    tracedInvocation(() =>
      within(context.getRemainingTimeInMillis() - TIME_TO_END, async () => {
        if ('work' in event) {
          if (event.work === 'run due') await dispatcher.runDue()
          else await dispatcher.reconcile()
        } else if ('source' in event) {
          await dispatcher.reconcile()
        } else if (event.Records.some(({ eventSource }) => eventSource === 'aws:sqs')) {
          await dispatcher.reconcile()
        } else {
          for (const [table, events] of streamedEvents(event.Records))
            await dispatcher.wake(table, events)
        }
      }),
    )
}

const observer: DispatcherObserver = {
  handled(reactor, { id, number, type, meta: { traceId } }, time) {
    log('info', 'reaction', { reactor, id, number, type, traceId, ms: Math.round(time) })
  },
  parked({ reactor, id, parked, seen }, cause) {
    metric('ParkedResources', 1, { reactor })
    log('error', 'reaction', { reactor, id, ...parked, seen, error: errorDetails(cause) })
  },
  progress(reactor, resources) {
    log('info', 'reconciler', { reactor, resources })
  },
}

/**
 * Returns the new events of the records, by table. A record only wakes the dispatcher, which reads
 * the event itself from the table.
 */
function streamedEvents(
  records: readonly WakeRecord[],
): ReadonlyMap<string, readonly StreamedEvent[]> {
  const found = new Map<string, StreamedEvent[]>()
  for (const record of records) {
    if (!('dynamodb' in record) || record.eventName !== 'INSERT') continue
    const { eventSourceARN = '', dynamodb: change } = record
    const { id, number, type } = change?.NewImage ?? {}
    // The feed raises an alarm for items that are not events.
    if (!id?.S || !number?.N || !type?.S) continue
    const table = eventSourceARN.split('/')[1] ?? ''
    const event = { id: id.S, number: Number(number.N), type: type.S }
    found.set(table, [...(found.get(table) ?? []), event])
  }
  return found
}
