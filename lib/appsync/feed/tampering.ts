import type { DynamoDBRecord } from 'aws-lambda'
import { traced } from '../../event-sourcing/index.ts'
import { errorDetails, log } from '../log.ts'
import { metric } from '../metric.ts'

/**
 * Raises the alarm: a record of a table's stream says that an event was changed or removed, or that
 * something was put there that is no event. The functions never do that. Tells the names of the
 * attributes, and not what is in them.
 * @param error why what was put is no event
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

/** The name of the table whose stream a record is from. */
export function tableOf({ eventSourceARN = '' }: DynamoDBRecord): string {
  return eventSourceARN.split('/')[1] ?? ''
}
