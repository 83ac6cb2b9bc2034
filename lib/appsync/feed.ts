import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import {
  type StoredEvent,
  storedEvent,
  tracedInvocation,
  withoutId,
} from '../event-sourcing/index.ts'
import { type Feed, tableVariable } from './feeds.ts'
import { flatEvent } from './flat-event.ts'
import { errorDetails, log } from './log.ts'
import { type Message, messageOf, publishRequests } from './publish-requests.ts'
import type { Publish } from './publisher.ts'

/**
 * Handles a batch of a table's stream: publishes each new event, in order. What cannot be published
 * is reported from the first such record on, and comes again.
 */
export function feedHandler(feeds: readonly Feed[], publish: Publish) {
  // 6. DynamoDB Streams hands the events to the feed function.
  return ({ Records: records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> =>
    tracedInvocation(async () => {
      const messages = records.flatMap((record) => messageOfRecord(record, feeds) ?? [])
      for (const request of publishRequests(messages)) {
        const failed = await publish(request)
        for (const { event } of request.messages.slice(0, failed?.index)) log('info', 'feed', event)
        if (failed) {
          const { sequenceNumber, event } = request.messages[failed.index] ?? request.first
          log('error', 'feed', { ...event, error: errorDetails(failed.error) })
          return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] }
        }
      }
      return { batchItemFailures: [] }
    })
}

/** Undefined for a record that is no new event: history is never changed, so somebody tampered. */
function messageOfRecord(record: DynamoDBRecord, feeds: readonly Feed[]): Message | undefined {
  const { eventName, dynamodb: change, eventSourceARN = '' } = record
  const event = eventName === 'INSERT' && newEvent(record)
  if (!event) {
    log('error', 'feed', { tampering: eventName, source: eventSourceARN, keys: change?.Keys })
    return undefined
  }
  const table = eventSourceARN.split('/')[1]
  const feed = feeds.find(({ resource }) => process.env[tableVariable(resource)] === table)
  if (!feed) throw new Error(`No feed is known for the table ${table}`)
  return messageOf(feed, flatEvent(event.id, withoutId(event)), change?.SequenceNumber ?? '')
}

function newEvent({ dynamodb: change }: DynamoDBRecord): StoredEvent | undefined {
  try {
    return storedEvent(unmarshall(JSON.parse(JSON.stringify(change?.NewImage ?? {}))))
  } catch (error) {
    log('error', 'feed', { keys: change?.Keys, error: errorDetails(error) })
    return undefined
  }
}
