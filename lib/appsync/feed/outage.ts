import { EventSourcingError } from '../../event-sourcing/index.ts'

/** The API did not publish. Data: `status` and `errorType`, if the API answered. */
export class PublishFailed extends EventSourcingError {
  readonly code = 'PublishFailed'
  override readonly fault = true
}

/** The failure of a publish request, or of one message in it. */
export interface PublishFailure {
  /** The message's position in its request. Undefined: the whole request failed. */
  readonly index?: number | undefined
  /**
   * The HTTP status. Undefined: there was no response in time, or it was not a GraphQL response.
   */
  readonly status?: number | undefined
  /** The error type from AppSync. Validation and type errors have none. */
  readonly errorType?: string | undefined
  readonly error: Error
}

/** Parts of error types that no single event can cause. */
const NOT_OF_AN_EVENT = [
  // The role, its credentials or its signature.
  'AccessDenied',
  'ExpiredToken',
  'InvalidSignature',
  'Unauthorized',
  'UnrecognizedClient',
  // Too many requests.
  'LimitExceeded',
  'Throttl',
  'TooManyRequests',
  // The API itself.
  'Internal',
  'ServiceUnavailable',
  'Timeout',
]

/** The statuses of a response that rejects the contents of a request. */
const REFUSED = [200, 400, 413]

type Rule = readonly [fits: (failure: PublishFailure) => boolean, isOutage: boolean]

/** The rules of {@link isOutage}. The first match decides. */
const RULES: readonly Rule[] = [
  // A network error, a timeout, or a body that is not a GraphQL response.
  [({ status }) => status === undefined, true],
  // Throttled, unauthorized or an internal failure, of the request or of one field.
  [({ errorType = '' }) => NOT_OF_AN_EVENT.some((word) => errorType.includes(word)), true],
  // One field failed, and its path identifies the message.
  [({ index }) => index !== undefined, false],
  // The request is invalid. One message's variables may be the cause for all messages.
  [({ status = 0 }) => REFUSED.includes(status), false],
  // 401, 403, 404, 429, 5xx and all others.
  [() => true, true],
]

/**
 * Whether the API as a whole caused a failure, so that all later messages would fail as well. Those
 * messages are held back. Otherwise the request, or one message in it, is the cause.
 */
export function isOutage(failure: PublishFailure): boolean {
  return RULES.find(([fits]) => fits(failure))?.[1] ?? true
}

/**
 * Whether the API failed for messages that were rejected together and then one by one. Several
 * messages must have failed, each as a whole request, so that the API has processed none of them. A
 * single message rejected as a whole request counts as broken itself. Otherwise it would block the
 * stream.
 * @param failures the failures of all messages that were sent
 */
export function isOutageOfAll(failures: readonly PublishFailure[]): boolean {
  return (
    failures.length > 1 &&
    failures.every((failure) => failure.index === undefined || isOutage(failure))
  )
}
