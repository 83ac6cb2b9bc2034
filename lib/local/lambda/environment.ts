import { devNull } from 'node:os'
import type { Principal } from '../access/iam.ts'
import type { FunctionDefinition } from './function-definition.ts'

/** The addresses of the AWS services that the functions of this run use. */
export interface Endpoints {
  readonly region: string
  readonly dynamodb: string
  readonly lambda: string
  readonly eventBridge: string
  /** Host and port of X-Ray's daemon: `127.0.0.1:2000`. */
  readonly xrayDaemon: string
}

/**
 * Returns the environment variables of a function. They include those of Lambda's Node.js runtime
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html) and of the template.
 * They also set the addresses of the local services in the SDKs' own variables. Only PATH comes
 * from the user's environment.
 */
export function functionEnvironment(
  definition: FunctionDefinition,
  role: Principal,
  endpoints: Endpoints,
): Record<string, string> {
  const { name, handler, runtime, memorySize } = definition
  const [xrayHost = '', xrayPort = ''] = endpoints.xrayDaemon.split(':')
  return {
    PATH: process.env.PATH ?? '',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...definition.environment,
    _HANDLER: handler,
    AWS_ACCESS_KEY_ID: role.accessKeyId,
    AWS_SECRET_ACCESS_KEY: role.secretAccessKey,
    AWS_SESSION_TOKEN: role.sessionToken,
    AWS_REGION: endpoints.region,
    AWS_DEFAULT_REGION: endpoints.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: `${memorySize}`,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupName(definition),
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    AWS_LAMBDA_LOG_FORMAT: definition.logFormat,
    // The text format has no level.
    ...(definition.logFormat === 'JSON' && { AWS_LAMBDA_LOG_LEVEL: definition.logLevel }),
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_XRAY_DAEMON_ADDRESS: endpoints.xrayDaemon,
    _AWS_XRAY_DAEMON_ADDRESS: xrayHost,
    _AWS_XRAY_DAEMON_PORT: xrayPort,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_LAMBDA: endpoints.lambda,
    AWS_ENDPOINT_URL_EVENTBRIDGE: endpoints.eventBridge,
    // The warning is about this machine's Node.js. On AWS the template sets the version.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    // Lambda has no such files. A developer's files would change regions, retries or endpoints.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  }
}

export function logGroupName({ name }: FunctionDefinition): string {
  return `/aws/lambda/${name}`
}

export const logStreamName = 'local'
