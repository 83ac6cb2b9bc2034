import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import {
  handles,
  Misuse,
  type StoredEvent,
  storedEvent,
  UnknownEvent,
  upcast,
  withoutId,
} from '../../event-sourcing/index.ts'
import { flatEvent } from '../flat-event.ts'
import { type InvocationContext, invocation } from '../invocation.ts'
import { errorDetails, log } from '../log.ts'
import { deliver } from './delivery.ts'
import { type Feed, tableVariable } from './feeds.ts'
import { fitting, type Message, messageOf, truncated } from './message.ts'
import type { Publish } from './publisher.ts'
import { raiseTampering, tableOf } from './tampering.ts'

/** The classes of the resources, by name. They provide the upcasters. */
export type ResourceClasses = Readonly<Record<string, object>>

/** The share of Lambda's remaining time reserved for the response and the log, in milliseconds. */
const TIME_TO_ANSWER = 1000

/**
 * Handles a batch of a table's stream: publishes each new event, in order and in its current form.
 * During an API outage, reports the first unpublished record, so that Lambda retries from there. A
 * single event that cannot be published as a whole is published truncated, or skipped.
 */
export function feedHandler(feeds: readonly Feed[], publish: Publish, resources: ResourceClasses) {
  // 6. DynamoDB Streams passes the events to the feed function.
  return (
    { Records: records }: DynamoDBStreamEvent,
    context: InvocationContext,
  ): Promise<DynamoDBBatchResponse> =>
    invocation('feed', async () => {
      const until = performance.now() + context.getRemainingTimeInMillis() - TIME_TO_ANSWER
      const messages: Message[] = []
      for (const record of records) {
        const event = await newEvent(record)
        if (event) messages.push(message(record, event, feeds, resources))
      }
      const heldBack = await deliver(messages, (request) => publish(request, until))
      if (!heldBack) return { batchItemFailures: [] }
      const { event, sequenceNumber } = heldBack.message
      log('error', 'feed', { ...event, heldBack: true, error: errorDetails(heldBack.error) })
      return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] }
    })
}

/**
 * Returns the message of an event. The message is truncated if this version of the code cannot read
 * the event.
 */
function message(
  record: DynamoDBRecord,
  stored: StoredEvent,
  feeds: readonly Feed[],
  resources: ResourceClasses,
): Message {
  const feed = feedOf(record, feeds)
  const resourceClass = classOf(feed, resources)
  const sequenceNumber = record.dynamodb?.SequenceNumber ?? ''
  const messageFor = (event: StoredEvent) =>
    messageOf(feed, flatEvent(event.id, withoutId(event)), sequenceNumber)
  try {
    return fitting(messageFor(today(resourceClass, stored)))
  } catch (error) {
    return truncated(messageFor(stored), error)
  }
}

/**
 * Returns an event in its current form.
 * @throws CorruptHistory if an upcaster fails; UnknownEvent for a type that only newer code knows,
 * during a deployment
 */
function today(resourceClass: object, stored: StoredEvent): StoredEvent {
  const event = upcast(resourceClass, stored)
  if (handles(resourceClass, event.type)) return event
  const { id, number, type } = event
  throw new UnknownEvent(
    `Event ${number} of ${id} has the type ${type}, which this code does not know`,
    {
      id,
      number,
      type,
    },
  )
}

function feedOf(record: DynamoDBRecord, feeds: readonly Feed[]): Feed {
  const table = tableOf(record)
  const feed = feeds.find(({ resource }) => process.env[tableVariable(resource)] === table)
  if (feed) return feed
  throw new Misuse(`No feed is configured for the table ${table}`)
}

function classOf({ resource }: Feed, resources: ResourceClasses): object {
  const resourceClass = resources[resource]
  if (resourceClass) return resourceClass
  throw new Misuse(
    `The function has no class for ${resource}: export it from its domain's index.ts`,
  )
}

/**
 * Returns undefined for a record that is not a new event. Events never change, so such a record
 * means tampering.
 */
async function newEvent(record: DynamoDBRecord): Promise<StoredEvent | undefined> {
  let error: unknown
  if (record.eventName === 'INSERT') {
    try {
      return storedEvent(unmarshall(JSON.parse(JSON.stringify(record.dynamodb?.NewImage ?? {}))))
    } catch (cause) {
      error = cause
    }
  }
  await raiseTampering(record, error)
  return undefined
}
