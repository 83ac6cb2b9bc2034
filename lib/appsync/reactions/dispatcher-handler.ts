import type { DynamoDBRecord } from 'aws-lambda'
import { within } from '../../event-sourcing/index.ts'
import {
  type CheckpointStore,
  Dispatcher,
  type DispatcherObserver,
  type DispatcherOptions,
  type Reactors,
  type StreamedEvent,
  type Suspect,
} from '../../event-sourcing/reactions/index.ts'
import { type InvocationContext, invocation } from '../invocation.ts'
import { errorDetails, log } from '../log.ts'
import { metric } from '../metric.ts'
import type { InvokedFunction } from './invoked-function.ts'

/**
 * The events that wake the dispatcher: a batch of a table's stream, the new events of a batch, a
 * resource that may crash its process, a batch that Lambda gave up, a schedule, or the delay alarm.
 */
export type DispatcherEvent =
  | {
      readonly work: 'run due' | 'reconcile' /** Whether it is needed now. */
      readonly atOnce?: true
    }
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

/** A function that hosts reactors. */
export interface Host {
  /** The name in logs. */
  readonly name: string
  dispatcher(): Promise<Dispatcher> | Dispatcher
  /**
   * Runs the reactions of a stream batch, so that slow handlers do not hold up the stream, and
   * resources that may crash their process. Default: the invocation that finds them runs them.
   */
  readonly own?: InvokedFunction | undefined
  /** Another function that needs the new events of some tables. Default: none. */
  readonly forward?: Forward | undefined
  /** Work after that which is due. Default: none. */
  afterDue?(): Promise<void>
}

/** The function of the views, which reads no stream itself. */
export interface Forward {
  readonly to: InvokedFunction
  /** The names of the tables whose new events it needs. */
  readonly tables: readonly string[]
}

/**
 * Returns the Lambda handler of a function that hosts reactors.
 * @param own further invocations of the function: {@link Host}
 * @param forward another function that needs new events; default: none
 * @param hurry how many times sooner wake-ups come than reactors ask for; default: 1
 */
export function reactionHandler(
  reactors: Reactors,
  checkpoints: CheckpointStore,
  own?: InvokedFunction,
  { forward, hurry = 1 }: { readonly forward?: Forward | undefined; readonly hurry?: number } = {},
) {
  const dispatcher = new Dispatcher({ reactors, checkpoints, observer, hurry, ...elsewhere(own) })
  return hostHandler({ name: 'dispatcher', dispatcher: () => dispatcher, own, forward })
}

/** Returns the dispatcher's option for resources that may crash their process. */
export function elsewhere(own: InvokedFunction | undefined): Pick<DispatcherOptions, 'elsewhere'> {
  return own ? { elsewhere: (suspect) => own.enqueue({ work: 'run alone', suspect }) } : {}
}

/**
 * Returns a Lambda handler for reactors. The stream only wakes the dispatcher, which reads the
 * events and their order from the tables. Lambda retries a failed batch. A batch that was given up,
 * and the slow schedule, compare all resources with the checkpoints.
 */
export function hostHandler({ name, dispatcher, own, forward, afterDue }: Host) {
  const wake = async (tables: NewEvents) => {
    const host = await dispatcher()
    for (const [table, events] of Object.entries(tables)) await host.wake(table, events)
  }
  const reconcile = async () => {
    // The other function misses the same batches.
    await forward?.to.enqueue({ work: 'reconcile' })
    await (await dispatcher()).reconcile()
  }
  const work = async (event: DispatcherEvent): Promise<void> => {
    if ('work' in event) {
      if (event.work === 'wake') await wake(event.tables)
      else if (event.work === 'run alone') await (await dispatcher()).runAlone(event.suspect)
      else if (event.work === 'reconcile') await (await dispatcher()).reconcile()
      else {
        await (await dispatcher()).runDue()
        await afterDue?.()
      }
    } else if ('source' in event) {
      await reconcile()
    } else if (event.Records.some(({ eventSource }) => eventSource === 'aws:sqs')) {
      await reconcile()
    } else {
      const host = await dispatcher()
      const forwarded = newEvents(
        event.Records,
        (table) => forward?.tables.includes(table) === true,
      )
      const tables = newEvents(event.Records, (table, streamed) => host.concerns(table, streamed))
      // A failure repeats the batch, so that no event is missing in the other function.
      if (hasEvents(forwarded)) await forward?.to.enqueue({ work: 'wake', tables: forwarded })
      if (!own) await wake(tables)
      else if (hasEvents(tables)) await runInBackground({ work: 'wake', tables }, own)
    }
  }
  return (event: DispatcherEvent, context: InvocationContext): Promise<void> =>
    invocation(name, () =>
      within(context.getRemainingTimeInMillis() - TIME_TO_END, () => work(event)),
    )
}

function hasEvents(tables: NewEvents): boolean {
  return Object.keys(tables).length > 0
}

/**
 * Runs work in another invocation. Waits for its end only for a short time, so that the stream goes
 * on while a handler is slow. The waiting keeps a busy stream from starting ever more invocations.
 * Then Lambda's queue repeats the work if that invocation fails.
 */
async function runInBackground(work: DispatcherEvent, own: InvokedFunction): Promise<void> {
  const patience = AbortSignal.timeout(BATCH_WAITS)
  try {
    await own.run(work, patience)
  } catch (error) {
    if (!patience.aborted) throw error
    await own.enqueue(work)
  }
}

/** Logs and counts the reactions. */
export const observer = {
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
} satisfies DispatcherObserver

/**
 * Returns the new events that are needed, by table. A record only wakes the dispatcher, which reads
 * the event itself from the table.
 */
function newEvents(
  records: readonly WakeRecord[],
  isNeeded: (table: string, event: StreamedEvent) => boolean,
): NewEvents {
  const found = new Map<string, StreamedEvent[]>()
  for (const record of records) {
    if (!('dynamodb' in record) || record.eventName !== 'INSERT') continue
    const { eventSourceARN = '', dynamodb: change } = record
    const { id, number, type } = change?.NewImage ?? {}
    // The feed raises an alarm for items that are not events.
    if (!id?.S || !number?.N || !type?.S) continue
    const table = eventSourceARN.split('/')[1] ?? ''
    const event = { id: id.S, number: Number(number.N), type: type.S }
    if (isNeeded(table, event)) found.set(table, [...(found.get(table) ?? []), event])
  }
  return Object.fromEntries(found)
}
