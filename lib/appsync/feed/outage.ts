/** Why a publish request, or one message of it, came to nothing. */
export interface PublishFailure {
  /** The message's position in its request. Undefined: the request failed as a whole. */
  readonly index?: number | undefined
  /** Of the answer. Undefined: there was none in time, or none that is GraphQL's. */
  readonly status?: number | undefined
  /** What AppSync calls it. Errors of validation and of types have none. */
  readonly errorType?: string | undefined
  readonly error: Error
}

/** What error types speak of that no single event can have caused: they contain one of these. */
const NOT_OF_AN_EVENT = [
  // The role, its credentials or its signature.
  'AccessDenied',
  'ExpiredToken',
  'InvalidSignature',
  'Unauthorized',
  'UnrecognizedClient',
  // The load.
  'LimitExceeded',
  'Throttl',
  'TooManyRequests',
  // The API itself.
  'Internal',
  'ServiceUnavailable',
  'Timeout',
]

/** The statuses with which the API says that a request's contents are wrong. */
const REFUSED = [200, 400, 413]

type Rule = readonly [fits: (failure: PublishFailure) => boolean, isOutage: boolean]

/** The first that fits decides. */
const RULES: readonly Rule[] = [
  // A network error, a timeout, a body that is no GraphQL.
  [({ status }) => status === undefined, true],
  // Throttled, unauthorized, an internal failure: whether of the request or of a field of it.
  [({ errorType = '' }) => NOT_OF_AN_EVENT.some((word) => errorType.includes(word)), true],
  // A field failed, and its path names the message.
  [({ index }) => index !== undefined, false],
  // The request is not valid: so may be one message's variables, which spoil it for the others.
  [({ status = 0 }) => REFUSED.includes(status), false],
  // 401, 403, 404, 429, 5xx and whatever else.
  [() => true, true],
]

/**
 * Whether the API is to blame for a failure, as a whole, so that all that is to come would fail as
 * well: it is held back. Otherwise the request is at fault, or one message in it.
 */
export function isOutage(failure: PublishFailure): boolean {
  return RULES.find(([fits]) => fits(failure))?.[1] ?? true
}

/**
 * Whether the API is to blame where messages were refused together and then each alone: several,
 * and each as a whole request, so that the API has not looked at one of them. A single message that
 * is refused as a whole request is taken to be at fault itself: else one broken event would hold up
 * the stream.
 * @param failures of all messages that were sent
 */
export function isOutageOfAll(failures: readonly PublishFailure[]): boolean {
  return (
    failures.length > 1 &&
    failures.every((failure) => failure.index === undefined || isOutage(failure))
  )
}
