import { ASSUMED } from './assumptions.ts'
import { billed, invocations, type Line, requests, sumOf, times } from './lines.ts'
import type { Invocation, Measured, Work } from './measured.ts'

/** The cost of a million pieces of work. */
export interface WorkCost {
  readonly name: string
  readonly lines: readonly Line[]
}

/** X-Ray's share of requests in prod: stage.ts. */
export const SAMPLING = 0.1
/** X-Ray's default rule for the functions that streams and schedules invoke. */
const DEFAULT_SAMPLING = 0.05
/** The dispatcher's limits: BATCH_WAITS in dispatcher-handler.ts and AT_ONCE in dispatcher.ts. */
const BATCH_WAITS = 500
const AT_ONCE = 10
export const BATCH = 100
/** A publish request has one operation with a mutation for each event: docs/scale.md. */
const MORE_OPERATIONS: Line = { price: 'operation', quantity: BATCH - 1 }
/** A message is billed for each 5 KB. https://aws.amazon.com/appsync/pricing/ */
const MESSAGE_UNIT = 5 * 1024

/** Returns the requests to DynamoDB that an invocation makes one after another. */
export function inSequence(work: Work, { requests }: Invocation): number {
  if (!work.startsWith('reaction')) return requests
  const events = Number(/\d+/.exec(work)?.[0])
  return requests / Math.min(AT_ONCE, events)
}

/** Returns the billed duration of each kind of work, in milliseconds. */
export function durationOf(measured: Measured, work: Work): number {
  const { invocations: all } = measured
  const events = Number(/\d+/.exec(work)?.[0] ?? 1)
  if (work.startsWith('feed')) {
    return billed(all[work].processor, 0, ASSUMED.publish + (events - 1) * ASSUMED.publishNext)
  }
  if (work.startsWith('dispatcher')) {
    // The first invocation waits for the second one, but not longer than the limit.
    const second = events === 1 ? 'reaction to 1 event' : 'reactions to 100 events'
    return billed(all[work].processor, 0, Math.min(BATCH_WAITS, durationOf(measured, second)))
  }
  return billed(all[work].processor, inSequence(work, all[work]))
}

/** Returns the cost of a million of each kind of work, without the messages to subscribers. */
export function workCosts(measured: Measured): WorkCost[] {
  const { invocations: all } = measured
  const ran = (work: Work) => invocations(all[work], durationOf(measured, work))
  const field = (work: Work) => sumOf(requests(SAMPLING), ran(work))
  const streamed = (work: Work) =>
    sumOf(ran(work), [{ price: 'trace', quantity: DEFAULT_SAMPLING }])
  const feed = (work: Work) => sumOf(requests(0), streamed(work))
  const reaction = (...works: readonly Work[]) => sumOf(...works.map(streamed))
  return [
    { name: 'commands, state not cached', lines: field('command, not cached') },
    { name: 'commands, state cached', lines: field('command, cached') },
    { name: 'rejected commands', lines: field('rejected command') },
    { name: 'queries of one resource', lines: field('query, not cached') },
    { name: 'events through the feed, one in a batch', lines: feed('feed, 1 event') },
    {
      name: `events through the feed, ${BATCH} in a batch`,
      lines: times(1 / BATCH, feed('feed, 100 events')),
    },
    {
      name: 'the same, if AppSync bills each event as an operation',
      lines: times(1 / BATCH, sumOf(feed('feed, 100 events'), [MORE_OPERATIONS])),
    },
    {
      name: 'reactions, one in a batch',
      lines: reaction('dispatcher, batch of 1 event', 'reaction to 1 event'),
    },
    {
      name: `reactions, ${BATCH} in a batch`,
      lines: times(
        1 / BATCH,
        reaction(
          'dispatcher, batch of 100 events',
          'reactions to 100 events',
          // The batch outlasts the stream's patience, so Lambda's queue repeats it.
          'reactions to 100 events, repeated',
        ),
      ),
    },
  ]
}

/** Returns the cost of a million events at a number of subscribers: messages and their bytes. */
export function messageCost({ messageBytes }: Measured, subscribers: number): WorkCost {
  const bytes = meanOf(messageBytes)
  return {
    name: `events to ${subscribers.toLocaleString('en')} ${subscribers === 1 ? 'subscriber' : 'subscribers'} each`,
    lines: [
      { price: 'update', quantity: subscribers * Math.ceil(bytes / MESSAGE_UNIT) },
      { price: 'transfer', quantity: (subscribers * bytes) / 1000 },
    ],
  }
}

/** Returns the GB that a million events of the example take in a table. */
export function storedGigabytes({ itemBytes }: Measured): number {
  const { checkpoint: _, ...events } = itemBytes
  return (meanOf(events) + ASSUMED.storedItem) / 1000
}

/** Returns the cost of keeping a million events for a year. */
export function storageCost(measured: Measured): WorkCost {
  const months = 12 * storedGigabytes(measured)
  return {
    name: 'stored events, for a year',
    lines: [
      { price: 'storage', quantity: months },
      { price: 'recovery', quantity: months },
    ],
  }
}

export function meanOf(values: Readonly<Record<string, number>>): number {
  const all = Object.values(values)
  return all.reduce((sum, value) => sum + value, 0) / all.length
}
