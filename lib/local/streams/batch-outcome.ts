import type { InvocationResult } from '../lambda/local-function.ts'
import type { StreamRecord } from './record.ts'

/** The outcome of an invocation for a batch. */
export type BatchOutcome =
  | { readonly kind: 'handled' }
  /** All records from this index on must be retried. */
  | { readonly kind: 'failed-from'; readonly index: number; readonly functionError: boolean }
  /** The function was not invoked. */
  | { readonly kind: 'throttled' }

/**
 * Applies the rules of partial batch responses
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html). The
 * lowest reported sequence number counts. An absent answer or an empty list is a success. An empty,
 * unknown or misnamed identifier fails the whole batch.
 */
export function batchOutcome(
  result: InvocationResult,
  records: readonly StreamRecord[],
  partialResponses: boolean,
): BatchOutcome {
  if (result.status !== 'ok') {
    const throttled = result.error.errorType === 'TooManyRequestsException'
    return throttled
      ? { kind: 'throttled' }
      : { kind: 'failed-from', index: 0, functionError: true }
  }
  if (!partialResponses) return { kind: 'handled' }
  const failures = reportedFailures(result.payload)
  if (failures.length === 0) return { kind: 'handled' }
  const indexes = failures.map((failure) =>
    records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === failure),
  )
  return { kind: 'failed-from', index: Math.max(0, Math.min(...indexes)), functionError: false }
}

/** Returns the reported identifiers, with undefined in place of a malformed one. */
export function reportedFailures(payload: unknown): (string | undefined)[] {
  if (payload === null) return []
  if (typeof payload !== 'object') return [undefined]
  const list = 'batchItemFailures' in payload ? payload.batchItemFailures : undefined
  if (list === undefined || list === null) return []
  if (!Array.isArray(list)) return [undefined]
  return list.map((item: unknown) => {
    const hasIdentifier = typeof item === 'object' && item !== null && 'itemIdentifier' in item
    const identifier = hasIdentifier ? item.itemIdentifier : undefined
    return typeof identifier === 'string' ? identifier : undefined
  })
}
