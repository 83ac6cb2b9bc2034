import type { RawRecord } from './stream-client.ts'

/** A stream's record as Lambda passes it to a function. */
export interface StreamRecord {
  readonly eventID: string
  readonly eventName: string
  readonly eventVersion: string
  readonly eventSource: 'aws:dynamodb'
  readonly awsRegion: string
  readonly dynamodb: {
    /** Seconds since the epoch. */
    readonly ApproximateCreationDateTime: number
    /** Digits, of any length: compare as BigInt. */
    readonly SequenceNumber: string
    readonly [field: string]: unknown
  }
  readonly eventSourceARN: string
  readonly userIdentity?: unknown
}

export function lambdaRecord(record: RawRecord, eventSourceArn: string): StreamRecord {
  const { eventID, eventName, eventVersion = '1.1', dynamodb, userIdentity } = record
  return {
    eventID,
    eventName,
    eventVersion,
    eventSource: 'aws:dynamodb',
    awsRegion: eventSourceArn.split(':')[3] ?? '',
    dynamodb: {
      ...dynamodb,
      ApproximateCreationDateTime: Math.floor(dynamodb.ApproximateCreationDateTime),
    },
    eventSourceARN: eventSourceArn,
    ...(userIdentity !== undefined && userIdentity !== null && { userIdentity }),
  }
}
