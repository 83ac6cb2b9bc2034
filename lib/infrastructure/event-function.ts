import { join } from 'node:path'
import { type Duration, RemovalPolicy } from 'aws-cdk-lib'
import {
  ApplicationLogLevel,
  Architecture,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda'
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { acknowledge, managedPolicy } from './acknowledge.ts'

export interface EventFunctionProps {
  /** The file whose `handler` runs. */
  readonly entry: string
  readonly description: string
  readonly timeout: Duration
  readonly environment?: Record<string, string>
  /** Modules that stand for other files: `{ name: path }`. */
  readonly alias?: Record<string, string>
  /** Expressions that the bundler replaces by JSON: `{ 'process.env.FEEDS': value }`. */
  readonly define?: Record<string, unknown>
}

/**
 * Lambda gives credentials in the environment, where the SDK looks first. What it would load to look
 * elsewhere, with clients of three more services, is a fifth of a bundle and stays out.
 */
const OTHER_CREDENTIALS = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
]

/** What is in every bundle in place of a package that asks for more than it needs. */
const INSTEAD = {
  'cls-hooked/context': join(import.meta.dirname, 'bundled/cls-hooked.ts'),
  semver: join(import.meta.dirname, 'bundled/semver.ts'),
}

/** A Lambda function as all of this project's are: one small ESM bundle, traced, with JSON logs. */
export class EventFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, props: EventFunctionProps) {
    const { entry, description, timeout, environment = {}, alias = {}, define = {} } = props
    const aliases = Object.entries({ ...INSTEAD, ...alias }).map(([name, path]) => [
      `--alias:${name}`,
      path,
    ])
    const definitions = Object.entries(define).map(([name, value]) => [
      name,
      JSON.stringify(JSON.stringify(value)),
    ])
    super(scope, id, {
      entry,
      description,
      timeout,
      environment,
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
      bundling: {
        // Node.js 20, so that the bundle that is deployed also runs on a developer's machine.
        target: 'node20',
        format: OutputFormat.ESM,
        mainFields: ['module', 'main'],
        minify: true,
        keepNames: true,
        // The SDK of the lock file, not the one that the runtime happens to have.
        externalModules: OTHER_CREDENTIALS,
        // CommonJS packages in an ESM bundle still ask for Node's own modules.
        banner:
          "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
        esbuildArgs: Object.fromEntries(aliases),
        define: Object.fromEntries(definitions),
      },
    })
    acknowledge(
      this,
      managedPolicy('service-role/AWSLambdaBasicExecutionRole'),
      'The managed policy lets a function write logs, no more',
    )
    acknowledge(
      this,
      'AwsSolutions-IAM5[Resource::*]',
      'X-Ray has no resources, and DynamoDB none for the list of streams, to narrow these to',
    )
  }
}
