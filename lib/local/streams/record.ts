import type { _Record } from '@aws-sdk/client-dynamodb-streams'

/** A stream's record as Lambda hands it to a function. */
export interface StreamRecord {
  readonly eventID: string
  readonly eventName: string
  readonly eventVersion: string
  readonly eventSource: 'aws:dynamodb'
  readonly awsRegion: string
  readonly eventSourceARN: string
  readonly dynamodb: {
    /** Seconds since the epoch. */
    readonly ApproximateCreationDateTime: number
    /** Digits, of any length: compare as BigInt. */
    readonly SequenceNumber: string
    readonly [field: string]: unknown
  }
  readonly userIdentity?: unknown
}

export function lambdaRecord(record: _Record, eventSourceArn: string): StreamRecord {
  const { dynamodb = {}, userIdentity } = record
  const { ApproximateCreationDateTime, SequenceNumber = '', SizeBytes, StreamViewType } = dynamodb
  const images = Object.entries({
    Keys: dynamodb.Keys,
    NewImage: dynamodb.NewImage,
    OldImage: dynamodb.OldImage,
  }).filter(([, image]) => image !== undefined)
  return {
    eventID: record.eventID ?? '',
    eventName: record.eventName ?? '',
    eventVersion: record.eventVersion ?? '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: eventSourceArn.split(':')[3] ?? '',
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(
        (ApproximateCreationDateTime?.getTime() ?? Date.now()) / 1000,
      ),
      ...Object.fromEntries(images.map(([name, image]) => [name, withBase64(image)])),
      SequenceNumber,
      SizeBytes,
      StreamViewType,
    },
    eventSourceARN: eventSourceArn,
    ...(userIdentity && { userIdentity }),
  }
}

/** Binary values are base64 texts in Lambda's JSON. */
function withBase64(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(withBase64)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withBase64(inner)]))
}
