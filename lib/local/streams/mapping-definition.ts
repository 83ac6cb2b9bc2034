import type { LocalTable } from '../dynamodb/tables.ts'
import type { Functions, LocalFunction } from '../lambda/index.ts'
import type { Properties, Resource, Template } from '../template/index.ts'
import { compileFilters, type Filter } from './filter.ts'

/**
 * An event source mapping from a table's stream, with references resolved. The defaults are
 * Lambda's:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 */
export interface MappingDefinition {
  readonly logicalId: string
  readonly function: LocalFunction
  /** The ARN of the table's stream in the template. */
  readonly eventSourceArn: string
  /** The ARN of the same stream in the emulator. */
  readonly streamArn: string
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST'
  readonly batchSize: number
  /** Milliseconds. */
  readonly batchingWindow: number
  readonly bisect: boolean
  /** -1: no limit. */
  readonly maximumRetries: number
  /** Milliseconds; -1: no limit. */
  readonly maximumAge: number
  readonly partialResponses: boolean
  /** Whether the function receives a record. */
  readonly filter: Filter
  /** The logical id of the queue that receives messages about discarded records. */
  readonly onFailure?: string
}

/** Returns the enabled mappings from streams. */
export function mappingDefinitions(
  template: Template,
  tables: readonly LocalTable[],
  functions: Pick<Functions, 'find'>,
): MappingDefinition[] {
  const queues = template.resources('AWS::SQS::Queue').map((queue) => queue.attribute('Arn'))
  return template
    .resources('AWS::Lambda::EventSourceMapping')
    .filter((resource) => resource.properties().flag('Enabled', true))
    .filter((resource) => !queues.includes(resource.properties().text('EventSourceArn')))
    .map((resource) => mappingDefinition(resource, template, tables, functions))
}

function mappingDefinition(
  { logicalId, properties }: Resource,
  template: Template,
  tables: readonly LocalTable[],
  functions: Pick<Functions, 'find'>,
): MappingDefinition {
  const mapping = properties()
  refuseBeyond(mapping, 'ParallelizationFactor', 1)
  refuseBeyond(mapping, 'TumblingWindowInSeconds', 0)
  const eventSourceArn = mapping.text('EventSourceArn')
  const source = tables.find(({ name }) => eventSourceArn.includes(`:table/${name}/stream/`))
  const functionName = mapping.text('FunctionName')
  const maximumAge = mapping.number('MaximumRecordAgeInSeconds', -1)
  const onFailure = onFailureQueue(mapping, template)
  return {
    logicalId,
    function:
      functions.find(functionName) ??
      mapping.fail('FunctionName', `the template has no function ${functionName}`),
    eventSourceArn,
    streamArn:
      source?.streamArn ??
      mapping.fail(
        'EventSourceArn',
        `${eventSourceArn} is not supported locally: use the stream of a table in the template`,
      ),
    startingPosition: startingPosition(mapping),
    batchSize: mapping.number('BatchSize', 100),
    batchingWindow: mapping.number('MaximumBatchingWindowInSeconds', 0) * 1000,
    bisect: mapping.flag('BisectBatchOnFunctionError'),
    maximumRetries: mapping.number('MaximumRetryAttempts', -1),
    maximumAge: maximumAge < 0 ? -1 : maximumAge * 1000,
    partialResponses: mapping.texts('FunctionResponseTypes').includes('ReportBatchItemFailures'),
    filter: filterOf(mapping.object('FilterCriteria')),
    ...(onFailure && { onFailure }),
  }
}

function startingPosition(mapping: Properties): MappingDefinition['startingPosition'] {
  const position = mapping.text('StartingPosition')
  return position === 'TRIM_HORIZON' || position === 'LATEST'
    ? position
    : mapping.fail(
        'StartingPosition',
        `${position} is not supported locally: use TRIM_HORIZON or LATEST`,
      )
}

function filterOf(criteria: Properties): Filter {
  const patterns = criteria.objects('Filters').map((filter) => filter.text('Pattern'))
  try {
    return compileFilters(patterns)
  } catch (error) {
    return criteria.fail('Filters', error instanceof Error ? error.message : `${error}`)
  }
}

function onFailureQueue(mapping: Properties, template: Template): string | undefined {
  const destination = mapping.object('DestinationConfig').object('OnFailure')
  const arn = destination.optionalText('Destination')
  if (arn === undefined) return undefined
  const queue = template
    .resources('AWS::SQS::Queue')
    .find((candidate) => candidate.attribute('Arn') === arn)
  return queue
    ? queue.logicalId
    : destination.fail(
        'Destination',
        `${arn} is not supported locally: use a queue of the template`,
      )
}

function refuseBeyond(mapping: Properties, name: string, limit: number): void {
  const value = mapping.number(name, limit)
  if (value !== limit) mapping.fail(name, `${value} is not supported locally: use ${limit}`)
}
