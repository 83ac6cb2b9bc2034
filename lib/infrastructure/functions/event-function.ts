import { type Duration, RemovalPolicy } from 'aws-cdk-lib'
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { acknowledge, managedPolicy } from '../acknowledge.ts'
import { bundleAtSynthesis, type ModuleParts } from './bundled-code.ts'

export interface EventFunctionProps {
  /** The file whose `handlerOf` makes the handler. */
  readonly entry: string
  /** The argument of `handlerOf`. A function is called at synthesis, when the whole stack is known. */
  readonly parts: ModuleParts | (() => ModuleParts)
  readonly description: string
  readonly timeout: Duration
  readonly environment?: Record<string, string>
}

/** A Lambda function with the project's defaults: one small ESM bundle, traced, with JSON logs. */
export class EventFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: EventFunctionProps) {
    const { entry, parts, description, timeout, environment = {} } = props
    super(scope, id, {
      // Synthesis replaces this placeholder with the bundle.
      code: Code.fromInline('// Not bundled'),
      handler: 'index.handler',
      description,
      timeout,
      environment: {
        // Makes stack traces show the TypeScript file and line.
        NODE_OPTIONS: '--enable-source-maps',
        ...environment,
      },
      memorySize: 1024,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      logGroup: new LogGroup(scope, `${id}Logs`, {
        retention: RetentionDays.ONE_MONTH,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    })
    bundleAtSynthesis(this, entry, typeof parts === 'function' ? parts : () => parts)
    acknowledge(
      this,
      managedPolicy('service-role/AWSLambdaBasicExecutionRole'),
      'The managed policy only lets a function write logs',
    )
    acknowledge(
      this,
      'AwsSolutions-IAM5[Resource::*]',
      'X-Ray and the list of DynamoDB streams do not support narrower resources',
    )
  }
}
