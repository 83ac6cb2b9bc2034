import type { Functions, LocalFunction } from '../lambda/index.ts'
import type { Properties, Resource, Template } from '../template/index.ts'

/** A queue of the template, with references resolved. */
export interface QueueDefinition {
  readonly logicalId: string
  readonly arn: string
  /** The time after which an unhandled message returns, in milliseconds. */
  readonly visibilityTimeout: number
  /**
   * The queue that receives a message after `maxReceiveCount` failed receives. Undefined: the
   * message returns forever.
   */
  readonly redrive?: { readonly queue: string; readonly maxReceiveCount: number }
  /** The function that receives the messages. */
  readonly consumer?: QueueConsumer
}

export interface QueueConsumer {
  readonly logicalId: string
  readonly function: LocalFunction
  readonly batchSize: number
  /** Whether the function may report the failed messages of a batch. */
  readonly partialResponses: boolean
}

/**
 * The default batch size. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
 */
const BATCH_SIZE = 10
/**
 * Seconds.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
const VISIBILITY_TIMEOUT = 30

export function queueDefinitions(
  template: Template,
  functions: Pick<Functions, 'find'>,
): QueueDefinition[] {
  const queues = template.resources('AWS::SQS::Queue')
  const consumers = new Map(
    template
      .resources('AWS::Lambda::EventSourceMapping')
      .filter((mapping) => mapping.properties().flag('Enabled', true))
      .map((mapping) => [
        mapping.properties().text('EventSourceArn'),
        consumerOf(mapping, functions),
      ]),
  )
  return queues.map((queue) => {
    const properties = queue.properties()
    const arn = queue.attribute('Arn')
    const consumer = consumers.get(arn)
    const redrive = redriveOf(properties.object('RedrivePolicy'), queues)
    return {
      logicalId: queue.logicalId,
      arn,
      visibilityTimeout: properties.number('VisibilityTimeout', VISIBILITY_TIMEOUT) * 1000,
      ...(redrive && { redrive }),
      ...(consumer && { consumer }),
    }
  })
}

function consumerOf(
  { logicalId, properties }: Resource,
  functions: Pick<Functions, 'find'>,
): QueueConsumer {
  const mapping = properties()
  const functionName = mapping.text('FunctionName')
  return {
    logicalId,
    batchSize: mapping.number('BatchSize', BATCH_SIZE),
    partialResponses: mapping.texts('FunctionResponseTypes').includes('ReportBatchItemFailures'),
    function:
      functions.find(functionName) ??
      mapping.fail('FunctionName', `the template has no function ${functionName}`),
  }
}

function redriveOf(policy: Properties, queues: readonly Resource[]): QueueDefinition['redrive'] {
  const arn = policy.optionalText('deadLetterTargetArn')
  if (arn === undefined) return undefined
  const target = queues.find((queue) => queue.attribute('Arn') === arn)
  if (!target) return policy.fail('deadLetterTargetArn', `the template has no queue ${arn}`)
  return { queue: target.logicalId, maxReceiveCount: policy.number('maxReceiveCount', 1) }
}
