import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import {
  type StoredEvent,
  storedEvent,
  tracedInvocation,
  upcast,
  withoutId,
} from '../event-sourcing/index.ts'
import { type Feed, tableVariable } from './feeds.ts'
import { flatEvent } from './flat-event.ts'
import { errorDetails, log } from './log.ts'
import { type Message, messageOf, publishRequests } from './publish-requests.ts'
import type { Publish } from './publisher.ts'

/** By the name of a resource, the class whose upcasters its events have. */
export type ResourceClasses = Readonly<Record<string, object>>

/**
 * Handles a batch of a table's stream: publishes each new event, in order and in today's shape. What
 * cannot be upcast or published is reported from the first such record on, and comes again.
 */
export function feedHandler(feeds: readonly Feed[], publish: Publish, resources: ResourceClasses) {
  // 6. DynamoDB Streams hands the events to the feed function.
  return ({ Records: records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> =>
    tracedInvocation(async () => {
      const { messages, failure } = messagesOf(records, feeds, resources)
      for (const request of publishRequests(messages)) {
        const failed = await publish(request)
        for (const { event } of request.messages.slice(0, failed?.index)) log('info', 'feed', event)
        if (failed) {
          const { sequenceNumber, event } = request.messages[failed.index] ?? request.first
          return heldBack({ sequenceNumber, event, error: failed.error })
        }
      }
      return failure ? heldBack(failure) : { batchItemFailures: [] }
    })
}

/** A record from which on a batch is to come again. */
interface Failure {
  readonly sequenceNumber: string
  /** What log lines say of its event. */
  readonly event: Readonly<Record<string, unknown>>
  readonly error: unknown
}

function heldBack({ sequenceNumber, event, error }: Failure): DynamoDBBatchResponse {
  log('error', 'feed', { ...event, error: errorDetails(error) })
  return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] }
}

interface Messages {
  readonly messages: readonly Message[]
  /** Why the messages end before the records do. */
  readonly failure?: Failure
}

/** The messages of all new events, up to one that cannot be upcast: nothing may overtake it. */
function messagesOf(
  records: readonly DynamoDBRecord[],
  feeds: readonly Feed[],
  resources: ResourceClasses,
): Messages {
  const messages: Message[] = []
  for (const record of records) {
    const event = newEvent(record)
    if (!event) continue
    const feed = feedOf(record, feeds)
    const sequenceNumber = record.dynamodb?.SequenceNumber ?? ''
    try {
      const today = upcast(classOf(feed, resources), event)
      messages.push(messageOf(feed, flatEvent(today.id, withoutId(today)), sequenceNumber))
    } catch (error) {
      const { id, number, type, meta } = event
      const stored = { resource: feed.resource, id, number, type, traceId: meta.traceId }
      return { messages, failure: { sequenceNumber, event: stored, error } }
    }
  }
  return { messages }
}

function feedOf({ eventSourceARN = '' }: DynamoDBRecord, feeds: readonly Feed[]): Feed {
  const table = eventSourceARN.split('/')[1]
  const feed = feeds.find(({ resource }) => process.env[tableVariable(resource)] === table)
  if (feed) return feed
  throw new Error(`No feed is known for the table ${table}`)
}

function classOf({ resource }: Feed, resources: ResourceClasses): object {
  const resourceClass = resources[resource]
  if (resourceClass) return resourceClass
  throw new Error(`No class is known for ${resource}: the stack puts it into the function`)
}

/** Undefined for a record that is no new event: history is never changed, so somebody tampered. */
function newEvent(record: DynamoDBRecord): StoredEvent | undefined {
  const { eventName, dynamodb: change, eventSourceARN = '' } = record
  const event = eventName === 'INSERT' ? eventOf(record) : undefined
  if (!event) {
    log('error', 'feed', { tampering: eventName, source: eventSourceARN, keys: change?.Keys })
  }
  return event
}

function eventOf({ dynamodb: change }: DynamoDBRecord): StoredEvent | undefined {
  try {
    return storedEvent(unmarshall(JSON.parse(JSON.stringify(change?.NewImage ?? {}))))
  } catch (error) {
    log('error', 'feed', { keys: change?.Keys, error: errorDetails(error) })
    return undefined
  }
}
