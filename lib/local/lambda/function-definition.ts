import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Assembly } from '../assembly.ts'
import type { Resource } from '../template/index.ts'

/** A function as the template describes it, with references resolved. */
export interface FunctionDefinition {
  readonly logicalId: string
  readonly arn: string
  readonly name: string
  /** The folder of the bundled code. */
  readonly codeFolder: string
  /** A file in the folder and its export: `index.handler`. */
  readonly handler: string
  /** `nodejs24.x` */
  readonly runtime: string
  /** Megabytes. */
  readonly memorySize: number
  /** Milliseconds. */
  readonly timeout: number
  /** The most invocations that run at once; further invocations wait. 0: every invocation fails. */
  readonly concurrency: number
  readonly environment: Readonly<Record<string, string>>
  readonly roleArn: string
  readonly tracing: boolean
  readonly logFormat: 'JSON' | 'Text'
  readonly logLevel: string
  /** Whether a debugger may attach, and pause the function without a time limit. */
  readonly inspect: boolean
}

/** The longest time of a timer, in milliseconds: 24 days. */
const UNLIMITED = 2 ** 31 - 1

/**
 * The default concurrency. An AWS account allows 1,000; here each running invocation takes a thread
 * of this process.
 */
const CONCURRENCY = 100

/** The options for running functions, beside the template. */
export interface RunOptions {
  /** The folders to run functions from, by logical ids. Other functions run from their assets. */
  readonly code: ReadonlyMap<string, string>
  readonly inspect: boolean
}

export function functionDefinition(
  resource: Resource,
  assembly: Assembly,
  { code, inspect }: RunOptions,
): FunctionDefinition {
  const { logicalId, name } = resource
  const properties = resource.properties()
  if (properties.optionalText('PackageType') === 'Image')
    properties.fail('PackageType', 'container images are not supported locally: use Zip')
  const variables = properties.object('Environment').object('Variables')
  const logging = properties.object('LoggingConfig')
  return {
    logicalId,
    name,
    arn: resource.attribute('Arn'),
    codeFolder: code.get(logicalId) ?? codeFolder(resource, assembly),
    handler: properties.text('Handler'),
    runtime: properties.text('Runtime'),
    memorySize: properties.number('MemorySize', 128),
    timeout: inspect ? UNLIMITED : properties.number('Timeout', 3) * 1000,
    concurrency: properties.number('ReservedConcurrentExecutions', CONCURRENCY),
    environment: Object.fromEntries(variables.names().map((name) => [name, variables.text(name)])),
    roleArn: properties.text('Role'),
    tracing: properties.object('TracingConfig').optionalText('Mode') === 'Active',
    logFormat: logging.optionalText('LogFormat') === 'JSON' ? 'JSON' : 'Text',
    logLevel: logging.optionalText('ApplicationLogLevel') ?? 'INFO',
    inspect,
  }
}

/** Returns the folder of a function's asset. */
function codeFolder(resource: Resource, assembly: Assembly): string {
  const properties = resource.properties()
  const code = properties.object('Code')
  const key = code.text('S3Key')
  const folder = assembly.asset(key)
  if (!folder || !existsSync(folder))
    return code.fail('S3Key', `the cloud assembly has no asset ${key}`)
  if (!statSync(folder).isDirectory())
    return code.fail('S3Key', 'archives are not supported locally: use a folder as the asset')
  const [file = ''] = properties.text('Handler').split('.')
  const found = ['mjs', 'js', 'cjs'].some((ending) => existsSync(join(folder, `${file}.${ending}`)))
  return found
    ? folder
    : properties.fail('Handler', `${folder} has no file ${file}.mjs, .js or .cjs`)
}
