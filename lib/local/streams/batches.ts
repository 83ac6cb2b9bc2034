import { pause } from '../abortable.ts'
import type { MappingDefinition } from './mapping-definition.ts'
import { lambdaRecord, type StreamRecord } from './record.ts'
import type { ShardReader } from './shard-reader.ts'

/**
 * How often a shard is asked for new records that it may not have, in milliseconds: short against
 * the time a function takes. A poll costs about a millisecond of processor time, and a batch several:
 * so records that come one by one are gathered in the meantime, and a shard at rest is asked less
 * often. A backlog is read without a pause.
 */
const POLL = 25
const POLL_AT_REST = 50
/** A shard is at rest when it has had no records for so many milliseconds. */
const REST = 10_000

export type Batching = Pick<MappingDefinition, 'batchSize' | 'batchingWindow' | 'eventSourceArn'>

/** Bytes of JSON that a batch may have: Lambda's limit for a payload, less the frame. */
const BATCH_BYTES = 6_000_000

/**
 * The records of a shard in batches, each as large as there are records, and as the mapping allows;
 * with a batching window, a batch is waited for until it is full or the window is over. Ends with
 * the shard, or with the signal.
 */
export async function* batches(
  reader: ShardReader,
  { batchSize, batchingWindow, eventSourceArn }: Batching,
  signal: AbortSignal,
): AsyncGenerator<StreamRecord[]> {
  let waiting: StreamRecord[] = []
  let windowEnds = 0
  let lastRecords = Date.now()
  for (;;) {
    const began = Date.now()
    const room = batchSize - waiting.length
    const { records, ended } = room > 0 ? await reader.read(room) : { records: [], ended: false }
    if (signal.aborted) return
    if (waiting.length === 0) windowEnds = Date.now() + batchingWindow
    waiting.push(...records.map((record) => lambdaRecord(record, eventSourceArn)))
    while (waiting.length > 0) {
      const count = countWithin(BATCH_BYTES, waiting)
      const full = waiting.length >= batchSize || count < waiting.length
      if (!full && !ended && Date.now() < windowEnds) break
      yield waiting.slice(0, count)
      if (signal.aborted) return
      waiting = waiting.slice(count)
    }
    if (ended) return
    const now = Date.now()
    if (records.length > 0) lastRecords = now
    const every = now - lastRecords < REST ? POLL : POLL_AT_REST
    const isBacklog = room > 0 && records.length >= room
    if (!isBacklog && began + every > now) await pause(began + every - now, signal)
    if (signal.aborted) return
  }
}

/** How many of the records, at least one, fit into the bytes. */
function countWithin(bytes: number, records: readonly StreamRecord[]): number {
  let sum = 0
  for (const [index, record] of records.entries()) {
    sum += Buffer.byteLength(JSON.stringify(record)) + 1
    if (sum > bytes && index > 0) return index
  }
  return records.length
}
