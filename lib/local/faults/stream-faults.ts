import { pause } from '../streams/pause.ts'
import type { StreamRecord } from '../streams/record.ts'
import { shuffled } from './dice.ts'
import type { Faults } from './faults.ts'

/** The longest delay, in milliseconds. */
const LATEST = 1000

/**
 * Yields a batch as it arrives: later, in parts, in another order, twice, or without some records.
 */
export async function* withStreamFaults(
  batch: readonly StreamRecord[],
  faults: Faults,
  signal: AbortSignal,
): AsyncGenerator<readonly StreamRecord[]> {
  if (faults.strikes('stream.late')) await pause(faults.roll() * LATEST, signal)
  const arriving = batch.filter(() => !faults.strikes('stream.lost'))
  const ordered = faults.strikes('stream.reordered') ? reordered(arriving, faults) : arriving
  const half = faults.strikes('stream.split') ? Math.ceil(ordered.length / 2) : ordered.length
  for (const part of [ordered.slice(0, half), ordered.slice(half)]) {
    if (part.length === 0) continue
    yield part
    if (faults.strikes('stream.twice')) yield part
  }
}

/**
 * Reorders records as if the stream held them in this order. The sequence numbers stay in place.
 */
function reordered(records: readonly StreamRecord[], { roll }: Faults): StreamRecord[] {
  return shuffled(records, roll).map((record, index) => {
    const { SequenceNumber = '' } = records[index]?.dynamodb ?? {}
    return { ...record, dynamodb: { ...record.dynamodb, SequenceNumber } }
  })
}
