import type { Authorizer } from './iam.ts'

/**
 * The actions with which Lambda reads an event source in the name of a function's role. It also asks
 * for ListStreams when a mapping is created; no resource limits that action.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  dynamodb: ['dynamodb:DescribeStream', 'dynamodb:GetShardIterator', 'dynamodb:GetRecords'],
  sqs: ['sqs:GetQueueAttributes', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'],
}

/** Whether Lambda may read an event source in the name of a role. */
export async function mayRead(role: Authorizer, eventSourceArn: string): Promise<boolean> {
  const [, , service = ''] = eventSourceArn.split(':')
  const denials = await Promise.all(
    (ACTIONS[service] ?? []).map((action) => role.denial({ action, resource: eventSourceArn })),
  )
  return denials.every((denial) => denial === undefined)
}

/** Whether Lambda may send a message about discarded records in the name of a role. */
export async function maySend(role: Authorizer, queueArn: string): Promise<boolean> {
  return (await role.denial({ action: 'sqs:SendMessage', resource: queueArn })) === undefined
}
