import type { Functions } from '../lambda/index.ts'
import type { Properties, Template } from '../template/index.ts'

/**
 * The handling of a function's asynchronous invocations. The defaults are Lambda's:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export interface AsyncConfig {
  readonly maximumRetries: number
  /** Milliseconds. */
  readonly maximumAge: number
  /** The logical id of the queue that receives invocations that failed. Default: none. */
  readonly onFailure?: string
}

export const DEFAULT_CONFIG: AsyncConfig = { maximumRetries: 2, maximumAge: 6 * 3_600_000 }

/** Returns the configurations of the template, by the function's ARN. */
export function asyncConfigs(
  template: Template,
  functions: Pick<Functions, 'find'>,
): ReadonlyMap<string, AsyncConfig> {
  const configs = template.resources('AWS::Lambda::EventInvokeConfig').map((resource) => {
    const config = resource.properties()
    const name = config.text('FunctionName')
    const { arn } =
      functions.find(name) ?? config.fail('FunctionName', `the template has no function ${name}`)
    const seconds = DEFAULT_CONFIG.maximumAge / 1000
    const onFailure = onFailureQueue(config, template)
    return [
      arn,
      {
        maximumRetries: config.number('MaximumRetryAttempts', DEFAULT_CONFIG.maximumRetries),
        maximumAge: config.number('MaximumEventAgeInSeconds', seconds) * 1000,
        ...(onFailure !== undefined && { onFailure }),
      },
    ] as const
  })
  return new Map(configs)
}

function onFailureQueue(config: Properties, template: Template): string | undefined {
  const destination = config.object('DestinationConfig').object('OnFailure')
  const arn = destination.optionalText('Destination')
  if (arn === undefined) return undefined
  const queues = template.resources('AWS::SQS::Queue')
  return (
    queues.find((queue) => queue.attribute('Arn') === arn)?.logicalId ??
    destination.fail('Destination', `${arn} is not supported locally: use a queue of the template`)
  )
}
