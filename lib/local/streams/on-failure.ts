import { randomUUID } from 'node:crypto'
import type { MappingDefinition } from './mapping-definition.ts'
import type { StreamRecord } from './record.ts'

export interface Discarded {
  readonly records: readonly StreamRecord[]
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded'
  readonly invokeCount: number
  /** True if the function itself failed; false if it reported failures. */
  readonly functionError: boolean
}

/**
 * Returns the message about discarded records. It holds their positions instead of the records
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html).
 */
export function onFailureMessage(
  mapping: MappingDefinition,
  shardId: string,
  { records, condition, invokeCount, functionError }: Discarded,
): object {
  const [first, last] = [records[0], records.at(-1)]
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn: mapping.function.arn,
      condition,
      approximateInvokeCount: invokeCount,
    },
    ...(invokeCount > 0 && {
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        ...(functionError && { functionError: 'Unhandled' }),
      },
    }),
    version: '1.0',
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first?.dynamodb.SequenceNumber,
      endSequenceNumber: last?.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: arrival(first),
      approximateArrivalOfLastRecord: arrival(last),
      batchSize: records.length,
      streamArn: mapping.eventSourceArn,
    },
  }
}

function arrival(record: StreamRecord | undefined): string {
  const seconds = record?.dynamodb.ApproximateCreationDateTime ?? 0
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}
