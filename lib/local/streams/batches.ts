import type { TableWrites } from '../dynamodb/table-writes.ts'
import type { MappingDefinition } from './mapping-definition.ts'
import { pause } from './pause.ts'
import { lambdaRecord, type StreamRecord } from './record.ts'
import type { ShardReader } from './shard-reader.ts'

/**
 * The interval of polls for new records in a shard, in milliseconds. It is short compared to the
 * time of a function. A poll costs about a millisecond of processor time, and a batch several.
 * Single records are therefore gathered during the interval. A backlog is read without a pause.
 */
const POLL = 25
/** Milliseconds without a record or a write after which a shard is at rest. */
const REST = 250
/**
 * A shard at rest is polled at the next write of a function. Writes that reach the emulator by
 * another way are found after this time at most, in milliseconds.
 */
const POLL_AT_REST = 250

export type Batching = Pick<MappingDefinition, 'batchSize' | 'batchingWindow' | 'eventSourceArn'>

/** The most bytes of JSON in a batch: Lambda's limit for a payload, less the frame. */
const BATCH_BYTES = 6_000_000

/**
 * Yields the records of a shard in batches. Each is as large as the available records and the
 * mapping allow. A batching window waits until the batch is full or the window is over. Ends with
 * the shard or the signal.
 */
export async function* batches(
  reader: ShardReader,
  { batchSize, batchingWindow, eventSourceArn }: Batching,
  signal: AbortSignal,
  writes: TableWrites,
): AsyncGenerator<StreamRecord[]> {
  const [tableArn = ''] = eventSourceArn.split('/stream/')
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
    const isBacklog = room > 0 && records.length >= room
    const isAtRest =
      waiting.length === 0 && Math.max(lastRecords, writes.last(tableArn)) + REST < now
    if (isAtRest) await writes.next(tableArn, POLL_AT_REST, signal)
    else if (!isBacklog && began + POLL > now) await pause(began + POLL - now, signal)
    if (signal.aborted) return
  }
}

/** Returns how many of the records fit into the bytes; at least one. */
function countWithin(bytes: number, records: readonly StreamRecord[]): number {
  let sum = 0
  for (const [index, record] of records.entries()) {
    sum += Buffer.byteLength(JSON.stringify(record)) + 1
    if (sum > bytes && index > 0) return index
  }
  return records.length
}
