import type { DynamoDBRecord } from 'aws-lambda'
import { traced } from '../../event-sourcing/index.ts'
import { errorDetails, log } from '../log.ts'
import { metric } from '../metric.ts'

/**
 * Raises the tampering alarm. A stream record shows that an event was changed or removed, or that
 * an item was added that is not an event. The functions never do that. Logs the names of the
 * attributes without their values.
 * @param error the reason why the added item is not an event
 */
export function raiseTampering(record: DynamoDBRecord, error?: unknown): Promise<void> {
  return traced('tampering', async (annotate) => {
    const { eventName, dynamodb: change } = record
    const table = tableOf(record)
    const resource = change?.Keys?.id?.S
    const number = change?.Keys?.number?.N
    log('error', 'tampering', {
      table,
      id: resource,
      number: number === undefined ? undefined : Number(number),
      tampering: eventName,
      oldAttributes: Object.keys(change?.OldImage ?? {}),
      newAttributes: Object.keys(change?.NewImage ?? {}),
      ...(error !== undefined && { error: errorDetails(error) }),
    })
    metric('Tampering', 1, { table })
    annotate({
      error: 'Tampering',
      ...(resource !== undefined && { resource }),
      ...(number !== undefined && { number: Number(number) }),
    })
  })
}

/** Returns the name of the table whose stream contains a record. */
export function tableOf({ eventSourceARN = '' }: DynamoDBRecord): string {
  return eventSourceARN.split('/')[1] ?? ''
}
