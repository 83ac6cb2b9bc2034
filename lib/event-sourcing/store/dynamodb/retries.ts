import { isEventSourcingError, OutcomeUnknown, StoreUnavailable } from '../../errors.ts'
import type { StoredEvent } from '../../event.ts'
import { deadline, Retries } from '../../runtime/time-left.ts'
import { type AttemptOptions, type FailureMetadata, wasNeverSent } from './requests.ts'

type Send<T> = (options: AttemptOptions) => Promise<T>

/** The consumer of a read. */
export interface ReadConsumer {
  readonly onThrottled?: () => void
  /** Whether the consumer still waits. Otherwise the read is not retried. */
  readonly isWaiting?: () => boolean
}

const PACE = { first: 25, longest: 1000 }
/**
 * The maximum duration of an attempt, in milliseconds, before it is aborted and retried. A client's
 * own timeouts miss a response that stops in the middle.
 */
const LONGEST_ATTEMPT = 5000

/** Transient failures. All other 4xx errors are permanent. */
const TRANSIENT = [
  'InternalServerError',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ServiceUnavailable',
  'ThrottlingException',
  'TransactionConflictException',
  'TransactionInProgressException',
]
const THROTTLED = [
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]
const PASSING_REASONS = [
  'None',
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
  'TransactionConflict',
]
const ABORTED = ['AbortError', 'TimeoutError']
/** Failed connections: nothing was sent. */
const NEVER_SENT = ['EAI_AGAIN', 'ECONNREFUSED', 'ENOTFOUND']
/** Missing credentials to sign a request: `CredentialsProviderError`, `TokenProviderError`. */
const NO_CREDENTIALS = /ProviderError$/

/**
 * Retries a read until DynamoDB answers or the time limit ends.
 * @throws StoreUnavailable, with the last failure as its cause
 */
export async function read<T>(store: string, send: Send<T>, reader: ReadConsumer = {}): Promise<T> {
  const outcome = await untilAnswered(send, reader)
  if (outcome.answered) return outcome.answer
  throw unavailable(store, outcome.cause)
}

/**
 * Retries a write until DynamoDB answers or the time limit ends. A retry cannot store an event twice:
 * its condition finds the event of the first attempt.
 * @throws StoreUnavailable if nothing was written; OutcomeUnknown if something may have been written
 */
export async function write<T>(
  store: string,
  { id, number, meta: { commandId } }: StoredEvent,
  send: Send<T>,
): Promise<T> {
  const outcome = await untilAnswered(send, {})
  if (outcome.answered) return outcome.answer
  const { cause, mayHaveWorked } = outcome
  if (!mayHaveWorked) throw unavailable(store, cause)
  throw new OutcomeUnknown(
    `DynamoDB's response was lost, so the events may be stored: repeat the command with the commandId ${commandId}`,
    { id, number, commandId },
    { cause },
  )
}

type Outcome<T> =
  | { readonly answered: true; readonly answer: T }
  | { readonly answered: false; readonly cause: unknown; readonly mayHaveWorked: boolean }

async function untilAnswered<T>(
  send: Send<T>,
  { onThrottled = () => {}, isWaiting = () => true }: ReadConsumer,
): Promise<Outcome<T>> {
  const until = deadline()
  const retries = new Retries(PACE, until)
  let mayHaveWorked = false
  if (performance.now() >= until) return { answered: false, cause: tooLate(), mayHaveWorked }
  for (;;) {
    const left = Math.max(1, Math.min(LONGEST_ATTEMPT, Math.ceil(until - performance.now())))
    try {
      return { answered: true, answer: await send({ abortSignal: AbortSignal.timeout(left) }) }
    } catch (error) {
      if (!isForeignError(error)) throw error
      mayHaveWorked ||= !wasRefused(error)
      if (THROTTLED.includes(error.name)) onThrottled()
      if (!isTransient(error) || !(await retries.next()) || !isWaiting()) {
        return { answered: false, cause: error, mayHaveWorked }
      }
    }
  }
}

/**
 * The error of work that waited too long for its turn. Sending a request now would leave its
 * outcome unknown.
 */
function tooLate(): Error {
  return new Error('The time limit ended before a request was sent')
}

function unavailable(store: string, cause: unknown): StoreUnavailable {
  return new StoreUnavailable(
    `DynamoDB did not process a request to ${store}: ${reasonOf(cause)}`,
    { store },
    { cause },
  )
}

/** Returns the reason of a frequent mistake in the setup, or a reference to the cause. */
function reasonOf(cause: unknown): string {
  const { name = '', message = '' } = isForeignError(cause) ? cause : {}
  if (/^region( not accepted| is missing)/i.test(message))
    return 'no valid AWS region is set. Set AWS_REGION, or pass a client with a region'
  if (NO_CREDENTIALS.test(name))
    return 'no AWS credentials were found. Set AWS_PROFILE to a profile that exists, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or pass a client with credentials'
  if (cause instanceof Error && wasNeverSent(cause))
    return 'the settings of the AWS SDK are invalid. Check AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_DYNAMODB, AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT. The cause has the reason'
  return 'the cause has the reason'
}

interface ForeignError extends Error {
  readonly code?: string
  readonly CancellationReasons?: readonly { readonly Code?: string }[]
  readonly $metadata?: Partial<FailureMetadata>
}

function isForeignError(error: unknown): error is ForeignError {
  return error instanceof Error && !isEventSourcingError(error)
}

/**
 * Whether a request failed. Errors of the SDK carry `$metadata`; errors of Node.js carry their own
 * code.
 */
function isOfRequest(error: ForeignError): boolean {
  return '$metadata' in error || ABORTED.includes(error.name) || /^E[A-Z_]+$/.test(codeOf(error))
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

/**
 * Whether DynamoDB rejected the request. A 4xx response, including throttling, means that nothing
 * was written.
 */
function wasRefused(error: ForeignError): boolean {
  const { httpStatusCode: status = 0 } = error.$metadata ?? {}
  if (wasNeverSent(error) || NEVER_SENT.includes(codeOf(error))) return true
  return status >= 400 && status < 500 && error.name !== 'TransactionInProgressException'
}

function isTransient(error: ForeignError): boolean {
  if (!isOfRequest(error) || NO_CREDENTIALS.test(error.name)) return false
  if (error.name === 'TransactionCanceledException') {
    const { CancellationReasons: reasons = [] } = error
    return reasons.every(({ Code: code = 'None' }) => PASSING_REASONS.includes(code))
  }
  const { httpStatusCode: status = 0, clockSkewCorrected = false } = error.$metadata ?? {}
  if (clockSkewCorrected) return true
  return TRANSIENT.includes(error.name) || status < 400 || status >= 500
}
