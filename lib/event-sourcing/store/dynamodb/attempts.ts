import { isEventSourcingError, OutcomeUnknown, StoreUnavailable } from '../../errors.ts'
import type { StoredEvent } from '../../event.ts'
import { Retries } from '../../runtime/retries.ts'
import { deadline } from '../../runtime/time-left.ts'
import type { FailureMetadata } from './requests.ts'

/** What a request gets: it has to end by the time there is. */
export interface AttemptOptions {
  readonly abortSignal: AbortSignal
}

type Send<T> = (options: AttemptOptions) => Promise<T>

/** Who waits for a read. */
export interface Reader {
  readonly onThrottled?: () => void
  /** Whether anybody does: otherwise it is not made again. */
  readonly isThere?: () => boolean
}

const PACE = { first: 25, longest: 1000 }
/**
 * A request that takes longer, in milliseconds, is given up and made again. A client's own timeouts
 * do not see an answer that stops in its middle.
 */
const LONGEST_ATTEMPT = 5000

/** Failures that pass by themselves. Whatever else a 4xx says stays as it is. */
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
/** The connection was never there, so nothing was sent. */
const NEVER_SENT = ['EAI_AGAIN', 'ECONNREFUSED', 'ENOTFOUND']
/** `CredentialsProviderError`, `TokenProviderError`: there was nothing to sign a request with. */
const NO_CREDENTIALS = /ProviderError$/

/**
 * Repeats a read until it is answered or the time is over.
 * @throws StoreUnavailable, with the last failure as its cause
 */
export async function read<T>(store: string, send: Send<T>, reader: Reader = {}): Promise<T> {
  const outcome = await untilAnswered(send, reader)
  if (outcome.answered) return outcome.answer
  throw unavailable(store, outcome.cause)
}

/**
 * Repeats a write until it is answered or the time is over. Written twice is written once: the
 * condition of the second finds what the first has put.
 * @throws StoreUnavailable when nothing was written, OutcomeUnknown when something may have been
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
    'DynamoDB did not say whether it stored what was committed: repeat it with its commandId',
    { id, number, commandId },
    { cause },
  )
}

type Outcome<T> =
  | { readonly answered: true; readonly answer: T }
  | { readonly answered: false; readonly cause: unknown; readonly mayHaveWorked: boolean }

async function untilAnswered<T>(
  send: Send<T>,
  { onThrottled = () => {}, isThere = () => true }: Reader,
): Promise<Outcome<T>> {
  const until = deadline()
  const retries = new Retries(until, PACE)
  let mayHaveWorked = false
  if (performance.now() >= until) return { answered: false, cause: tooLate(), mayHaveWorked }
  for (;;) {
    const left = Math.max(1, Math.min(LONGEST_ATTEMPT, Math.ceil(until - performance.now())))
    try {
      return { answered: true, answer: await send({ abortSignal: AbortSignal.timeout(left) }) }
    } catch (error) {
      if (!isFailure(error)) throw error
      mayHaveWorked ||= !wasRefused(error)
      if (THROTTLED.includes(error.name)) onThrottled()
      if (!isTransient(error) || !(await retries.next()) || !isThere()) {
        return { answered: false, cause: error, mayHaveWorked }
      }
    }
  }
}

/** Work that waited for its turn too long: a request would only leave its outcome unknown. */
function tooLate(): Error {
  return new Error('The time was over before anything was sent')
}

function unavailable(store: string, cause: unknown): StoreUnavailable {
  return new StoreUnavailable(`DynamoDB could not serve ${store}`, { store }, { cause })
}

interface Failure extends Error {
  readonly code?: string
  readonly CancellationReasons?: readonly { readonly Code?: string }[]
  readonly $metadata?: Partial<FailureMetadata>
}

function isFailure(error: unknown): error is Failure {
  return error instanceof Error && !isEventSourcingError(error)
}

/** What the SDK throws for a request carries `$metadata`, what Node.js throws a code of its own. */
function isOfRequest(error: Failure): boolean {
  return '$metadata' in error || ABORTED.includes(error.name) || /^E[A-Z_]+$/.test(codeOf(error))
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

/** An answer of the class 4xx, throttling among them, says that this request was not carried out. */
function wasRefused(error: Failure): boolean {
  const { httpStatusCode: status = 0 } = error.$metadata ?? {}
  if (NEVER_SENT.includes(codeOf(error)) || NO_CREDENTIALS.test(error.name)) return true
  return status >= 400 && status < 500 && error.name !== 'TransactionInProgressException'
}

function isTransient(error: Failure): boolean {
  if (!isOfRequest(error) || NO_CREDENTIALS.test(error.name)) return false
  if (error.name === 'TransactionCanceledException') {
    const { CancellationReasons: reasons = [] } = error
    return reasons.every(({ Code: code = 'None' }) => PASSING_REASONS.includes(code))
  }
  const { httpStatusCode: status = 0, clockSkewCorrected = false } = error.$metadata ?? {}
  if (clockSkewCorrected) return true
  return TRANSIENT.includes(error.name) || status < 400 || status >= 500
}
