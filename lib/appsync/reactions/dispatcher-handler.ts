import type { DynamoDBRecord } from 'aws-lambda'
import { within } from '../../event-sourcing/index.ts'
import {
  type CheckpointStore,
  Dispatcher,
  type DispatcherObserver,
  type Reactors,
  type StreamedEvent,
  type Suspect,
} from '../../event-sourcing/reactions/index.ts'
import { type InvocationContext, invocation } from '../invocation.ts'
import { errorDetails, log } from '../log.ts'
import { metric } from '../metric.ts'
import type { OwnFunction } from './own-function.ts'

/**
 * The events that wake the dispatcher: a batch of a table's stream, the new events of a batch, a
 * resource that may crash its process, a batch that Lambda gave up, a schedule, or the delay alarm.
 */
export type DispatcherEvent =
  | { readonly work: 'run due' | 'reconcile' }
  | { readonly work: 'wake'; readonly tables: NewEvents }
  | { readonly work: 'run alone'; readonly suspect: Suspect }
  | { readonly source: 'aws.cloudwatch' }
  | { readonly Records: readonly WakeRecord[] }

/** New events, by table. */
type NewEvents = Readonly<Record<string, readonly StreamedEvent[]>>

type WakeRecord = DynamoDBRecord | { readonly eventSource: 'aws:sqs' }

/** The time reserved for work in progress, in milliseconds. */
const TIME_TO_END = 2000
/** How long a stream batch waits for its reactions, in milliseconds. */
const BATCH_WAITS = 500

/**
 * Returns a Lambda handler for reactors. The stream only wakes the dispatcher, which reads the
 * events and their order from the tables. Lambda retries a failed batch. A batch that was given up,
 * and the slow schedule, compare all resources with the checkpoints.
 * @param own runs the reactions of a stream batch, so that slow handlers do not hold up the stream,
 * and resources that may crash their process; default: the invocation that finds them runs them
 * @param hurry how many times sooner wake-ups come than reactors ask for
 */
export function reactionHandler(
  reactors: Reactors,
  checkpoints: CheckpointStore,
  own?: OwnFunction,
  hurry = 1,
) {
  const dispatcher = new Dispatcher({
    ...{ reactors, checkpoints, observer, hurry },
    ...(own && { elsewhere: (suspect) => own.enqueue({ work: 'run alone', suspect }) }),
  })
  const wake = async (tables: NewEvents) => {
    for (const [table, events] of Object.entries(tables)) await dispatcher.wake(table, events)
  }
  const work = async (event: DispatcherEvent): Promise<void> => {
    if ('work' in event) {
      if (event.work === 'wake') await wake(event.tables)
      else if (event.work === 'run alone') await dispatcher.runAlone(event.suspect)
      else if (event.work === 'run due') await dispatcher.runDue()
      else await dispatcher.reconcile()
    } else if ('source' in event) {
      await dispatcher.reconcile()
    } else if (event.Records.some(({ eventSource }) => eventSource === 'aws:sqs')) {
      await dispatcher.reconcile()
    } else {
      const tables = newEvents(event.Records, dispatcher)
      if (!own) await wake(tables)
      else if (Object.keys(tables).length > 0) await runInBackground({ work: 'wake', tables }, own)
    }
  }
  return (event: DispatcherEvent, context: InvocationContext): Promise<void> =>
    invocation('dispatcher', () =>
      within(context.getRemainingTimeInMillis() - TIME_TO_END, () => work(event)),
    )
}

/**
 * Runs work in another invocation. Waits for its end only for a short time, so that the stream goes
 * on while a handler is slow. The waiting keeps a busy stream from starting ever more invocations.
 * Then Lambda's queue repeats the work if that invocation fails.
 */
async function runInBackground(work: DispatcherEvent, own: OwnFunction): Promise<void> {
  const patience = AbortSignal.timeout(BATCH_WAITS)
  try {
    await own.run(work, patience)
  } catch (error) {
    if (!patience.aborted) throw error
    await own.enqueue(work)
  }
}

const observer: DispatcherObserver = {
  handled(reactor, { id, number, type, meta: { traceId, actor } }, time) {
    const by = actor !== undefined && { actor }
    log('info', 'reaction', { reactor, id, number, type, traceId, ...by, ms: Math.round(time) })
  },
  woken({ reactor, id, wake, cause: { traceId, actor }, late, isRetry }, time) {
    // A parked wake-up has its own alarm.
    if (!isRetry) metric('WakeUpDelay', late, { reactor }, 'Milliseconds')
    const by = actor !== undefined && { actor }
    log('info', 'reaction', { reactor, id, wake, traceId, ...by, ms: Math.round(time), late })
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
 * Returns the new events for which a reactor exists, by table. A record only wakes the dispatcher,
 * which reads the event itself from the table.
 */
function newEvents(records: readonly WakeRecord[], dispatcher: Dispatcher): NewEvents {
  const found = new Map<string, StreamedEvent[]>()
  for (const record of records) {
    if (!('dynamodb' in record) || record.eventName !== 'INSERT') continue
    const { eventSourceARN = '', dynamodb: change } = record
    const { id, number, type } = change?.NewImage ?? {}
    // The feed raises an alarm for items that are not events.
    if (!id?.S || !number?.N || !type?.S) continue
    const table = eventSourceARN.split('/')[1] ?? ''
    const event = { id: id.S, number: Number(number.N), type: type.S }
    if (dispatcher.concerns(table, event)) found.set(table, [...(found.get(table) ?? []), event])
  }
  return Object.fromEntries(found)
}
