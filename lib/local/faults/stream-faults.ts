import { pause } from '../abortable.ts'
import type { StreamRecord } from '../streams/record.ts'
import { shuffled } from './dice.ts'
import type { Faults } from './faults.ts'

/** In milliseconds. */
const LATEST = 1000

/** A batch as it arrives: later, in parts, in another order, again, or less some records. */
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

/** As if the stream held them in this order: the sequence numbers stay where they were. */
function reordered(records: readonly StreamRecord[], { roll }: Faults): StreamRecord[] {
  return shuffled(records, roll).map((record, index) => {
    const { SequenceNumber = '' } = records[index]?.dynamodb ?? {}
    return { ...record, dynamodb: { ...record.dynamodb, SequenceNumber } }
  })
}
