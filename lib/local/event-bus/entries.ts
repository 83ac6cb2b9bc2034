import { RequestError } from '../appsync/http/request-error.ts'
import { isObject, parsedJson, type UnknownObject } from '../json.ts'

/** An entry of a request that a bus can accept. */
export interface Entry {
  readonly source: string
  readonly detailType: string
  readonly detail: UnknownObject
  readonly resources: readonly string[]
  /** ISO 8601. */
  readonly time: string
}

/**
 * The answer about an entry that a bus does not accept.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
 */
export interface Failure {
  readonly ErrorCode: string
  readonly ErrorMessage: string
}

const MOST_ENTRIES = 10
/** The most bytes of all entries of a request. */
const LARGEST_REQUEST = 1024 * 1024

/**
 * Returns the entries of a request, as their sender wrote them.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 * @throws RequestError for a request that the service rejects as a whole
 */
export function entriesIn(body: string): UnknownObject[] {
  const input = parsedJson(body)
  const list: unknown = isObject(input) ? input.Entries : undefined
  const entries: UnknownObject[] = Array.isArray(list) ? list.filter((item) => isObject(item)) : []
  if (entries.length < 1 || entries.length > MOST_ENTRIES)
    throw invalid(`Entries must have 1 to ${MOST_ENTRIES} items; got ${entries.length}`)
  const bytes = entries.map(bytesOf).reduce((sum, each) => sum + each, 0)
  if (bytes > LARGEST_REQUEST)
    throw invalid(`Total size of the entries in the request is over the limit; got ${bytes} bytes`)
  return entries
}

/** Returns the name or the ARN of an entry's bus. */
export function busOf({ EventBusName }: UnknownObject): string {
  return typeof EventBusName === 'string' && EventBusName !== '' ? EventBusName : 'default'
}

/** Returns an entry in the form that a rule's target gets, or why no bus accepts it. */
export function entryOf(raw: UnknownObject): Entry | Failure {
  const { Source, DetailType, Detail, Resources, Time } = raw
  for (const [name, value] of Object.entries({ Source, DetailType, Detail })) {
    if (typeof value !== 'string' || value === '')
      return failure(
        'InvalidArgument',
        `Parameter ${name} is not valid. Reason: ${name} is required.`,
      )
  }
  if (`${Source}`.startsWith('aws.'))
    return failure('NotAuthorizedForSourceException', `Not authorized for the source ${Source}`)
  const detail = parsedJson(`${Detail}`)
  if (!isObject(detail)) return failure('MalformedDetail', 'Detail is malformed.')
  return {
    source: `${Source}`,
    detailType: `${DetailType}`,
    detail,
    resources: Array.isArray(Resources) ? Resources.map(String) : [],
    time: timeOf(Time),
  }
}

/** Returns a date with the precision of EventBridge: seconds. */
function timeOf(time: unknown): string {
  const date = typeof time === 'number' ? new Date(time * 1000) : new Date()
  return `${date.toISOString().slice(0, 19)}Z`
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
function bytesOf({ Source, DetailType, Detail, Time }: UnknownObject): number {
  const texts = [Source, DetailType, Detail].map((text) => Buffer.byteLength(`${text ?? ''}`))
  return texts.reduce((sum, each) => sum + each, Time === undefined ? 0 : 14)
}

function failure(ErrorCode: string, ErrorMessage: string): Failure {
  return { ErrorCode, ErrorMessage }
}

function invalid(message: string): RequestError {
  return new RequestError(400, 'ValidationException', message)
}
