import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The measured work of one invocation of a function: the mean of several. */
export interface Invocation {
  /** Requests to DynamoDB. */
  readonly requests: number
  readonly readUnits: number
  readonly writeUnits: number
  /** Processor time of the function, in milliseconds: the median. */
  readonly processor: number
  /** Bytes of log entries, as Lambda writes them in JSON. */
  readonly logBytes: number
  /** Log entries: CloudWatch adds bytes to each. */
  readonly logEntries: number
}

/** The kinds of invocations, of the example application. */
export const WORK = [
  'command, cached',
  'command, not cached',
  'command that creates',
  'rejected command',
  'query, cached',
  'query, not cached',
  'feed, 1 event',
  'feed, 10 events',
  'feed, 100 events',
  'dispatcher, batch of 1 event',
  'dispatcher, batch of 100 events',
  'reaction to 1 event',
  'reactions to 10 events',
  'reactions to 100 events',
  'reactions to 100 events, repeated',
  'reconciler, one pass',
  'schedule, nothing due',
] as const

export type Work = (typeof WORK)[number]

/** Writers that commit to one resource, one process each, without a pause. */
export interface Contention {
  readonly writers: number
  readonly committed: number
  /** Committed events each second, all writers together. */
  readonly rate: number
  /** Requests to DynamoDB for each committed event. */
  readonly requestsPerEvent: number
}

/** The inputs of all costs. `npm run costs -- --measure` writes them. */
export interface Measured {
  readonly date: string
  readonly machine: string
  readonly invocations: Readonly<Record<Work, Invocation>>
  /** Sizes of items in bytes, as DynamoDB counts them, by the type of the event or item. */
  readonly itemBytes: Readonly<Record<string, number>>
  /** Sizes of messages to a subscriber that selects all fields, in bytes, by the event's type. */
  readonly messageBytes: Readonly<Record<string, number>>
  /** The table of orders that the measured pass of the reconciler compared. */
  readonly reconciled: { readonly resources: number; readonly tableBytes: number }
  /** The mean times of a commit at the emulator with one writer, in milliseconds. */
  readonly writer: { readonly time: number; readonly processor: number }
  readonly contention: readonly Contention[]
  /** Alarms, schedules and queue readers in the template of the example. */
  readonly deployed: { readonly alarmMetrics: number; readonly queueReaders: number }
}

const FILE = join(import.meta.dirname, 'measured.json')

export function readMeasured(): Measured {
  const measured: Measured = JSON.parse(readFileSync(FILE, 'utf8'))
  return measured
}

export function writeMeasured(measured: Measured): void {
  writeFileSync(FILE, `${JSON.stringify(measured, undefined, 2)}\n`)
}
