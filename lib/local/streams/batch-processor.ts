import { batchOutcome } from './batch-outcome.ts'
import type { MappingDefinition } from './mapping-definition.ts'
import type { Discarded } from './on-failure.ts'
import { pause } from './pause.ts'
import type { StreamRecord } from './record.ts'

/** Pauses between attempts, in milliseconds. They double from the first to the longest. */
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 10_000

interface Work {
  readonly records: readonly StreamRecord[]
  /** The number of times that exactly these records have failed. */
  readonly attempts: number
}

/** Receives the progress of the records, in order. */
export interface Progress {
  /** All records up to this one are finished. */
  handled(last: StreamRecord): Promise<void>
  discarded(discarded: Discarded): Promise<void>
}

/**
 * Delivers a batch to the function until all records are handled or discarded, in order, as Lambda
 * does:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export async function processBatch(
  batch: readonly StreamRecord[],
  mapping: MappingDefinition,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const todo: Work[] = [{ records: batch, attempts: 0 }]
  for (let work = todo.shift(); work && !signal.aborted; work = todo.shift()) {
    const records = await withoutAged(work, mapping, progress)
    const wanted = records.filter(mapping.filter)
    const last = records.at(-1)
    if (!last) continue
    if (wanted.length === 0) {
      await progress.handled(last)
      continue
    }
    const result = await mapping.function.invoke({ Records: wanted })
    if (signal.aborted) return
    const outcome = batchOutcome(result, wanted, mapping.partialResponses)
    if (outcome.kind === 'handled') {
      await progress.handled(last)
      continue
    }
    if (outcome.kind === 'throttled') {
      todo.unshift({ records, attempts: work.attempts })
      await pause(FIRST_PAUSE, signal)
      continue
    }
    const { index, functionError } = outcome
    if (functionError && mapping.bisect && wanted.length > 1) {
      // A split does not count as an attempt.
      const half = records.indexOf(wanted[Math.ceil(wanted.length / 2)] ?? last)
      todo.unshift(
        { records: records.slice(0, half), attempts: work.attempts },
        { records: records.slice(half), attempts: work.attempts },
      )
      continue
    }
    const failed = records.slice(records.indexOf(wanted[index] ?? last))
    const before = wanted[index - 1]
    if (before) await progress.handled(before)
    const attempts = before ? 1 : work.attempts + 1
    if (mapping.maximumRetries >= 0 && attempts > mapping.maximumRetries) {
      const condition = 'RetryAttemptsExhausted'
      await progress.discarded({ records: failed, condition, invokeCount: attempts, functionError })
      continue
    }
    todo.unshift({ records: failed, attempts })
    await pause(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1)), signal)
  }
}

/** Returns the records that are young enough. Discards the others. */
async function withoutAged(
  { records, attempts }: Work,
  { maximumAge }: MappingDefinition,
  progress: Progress,
): Promise<readonly StreamRecord[]> {
  if (maximumAge < 0) return records
  const oldest = (Date.now() - maximumAge) / 1000
  const young = records.findIndex(({ dynamodb }) => dynamodb.ApproximateCreationDateTime >= oldest)
  const count = young < 0 ? records.length : young
  if (count > 0)
    await progress.discarded({
      records: records.slice(0, count),
      condition: 'RecordAgeExceeded',
      invokeCount: attempts,
      functionError: attempts > 0,
    })
  return records.slice(count)
}
