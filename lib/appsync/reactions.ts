import type { DynamoDBRecord } from 'aws-lambda'
import { tracedInvocation, within } from '../event-sourcing/index.ts'
import {
  type CheckpointStore,
  Dispatcher,
  type DispatcherObserver,
  type Reactors,
} from '../event-sourcing/reactions/index.ts'
import { errorDetails, log } from './log.ts'
import { metric } from './metric.ts'
import type { InvocationContext } from './resolver-handler.ts'

/**
 * What wakes the dispatcher: a batch of a table's stream, a schedule, a batch that was given up, or the
 * alarm that it is far behind.
 */
export type Wake =
  | { readonly work: 'take up' | 'reconcile' }
  | { readonly source: 'aws.cloudwatch' }
  | { readonly Records: readonly WakeRecord[] }

type WakeRecord = DynamoDBRecord | { readonly eventSource: 'aws:sqs' }

/** Of the time that Lambda leaves, so much is for what is under way, in milliseconds. */
const TIME_TO_END = 2000

/**
 * Makes reactors a Lambda handler. The stream only wakes it: what is to be handled, and in which
 * order, it reads from the tables. A batch that fails comes again; one that was given up, and the
 * slow schedule, compare all resources with the checkpoints.
 */
export function reactionHandler(reactors: Reactors, checkpoints: CheckpointStore) {
  const dispatcher = new Dispatcher({ reactors, checkpoints, observer })
  return (wake: Wake, context: InvocationContext): Promise<void> =>
    tracedInvocation(() =>
      within(context.getRemainingTimeInMillis() - TIME_TO_END, async () => {
        if ('work' in wake) {
          if (wake.work === 'take up') await dispatcher.takeUp()
          else await dispatcher.reconcile()
        } else if ('source' in wake) {
          await dispatcher.reconcile()
        } else if (wake.Records.some(({ eventSource }) => eventSource === 'aws:sqs')) {
          await dispatcher.reconcile()
        } else {
          for (const [table, batch] of batches(wake.Records)) {
            await dispatcher.wake(table, batch.heads, batch.earliest)
          }
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

interface Batch {
  readonly heads: Map<string, number>
  earliest: string
}

/** By table: the newest number of each resource, and the date of the earliest event. */
function batches(records: readonly WakeRecord[]): ReadonlyMap<string, Batch> {
  const found = new Map<string, Batch>()
  for (const record of records) {
    if (!('dynamodb' in record) || record.eventName !== 'INSERT') continue
    const { eventSourceARN = '', dynamodb: change } = record
    const { id, number, created } = change?.NewImage ?? {}
    if (id?.S === undefined || number?.N === undefined || created?.S === undefined) continue
    const table = eventSourceARN.split('/')[1] ?? ''
    const batch = found.get(table) ?? { heads: new Map(), earliest: created.S }
    batch.heads.set(id.S, Math.max(batch.heads.get(id.S) ?? 0, Number(number.N)))
    if (created.S < batch.earliest) batch.earliest = created.S
    found.set(table, batch)
  }
  return found
}
