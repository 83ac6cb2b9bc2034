import { setTimeout as delay } from 'node:timers/promises'
import { EventSourcingError, Misuse } from '../../event-sourcing/index.ts'
import { roleSigner, signedRequest } from '../signed-request.ts'
import type { Entry } from './entries.ts'

/**
 * The event bus did not accept an event, which may have been accepted all the same if there was no
 * answer. Data: `errorType`, AWS's error code; `status`, that of HTTP, if the bus answered.
 */
export class NotPublished extends EventSourcingError {
  readonly code = 'NotPublished'
  override readonly fault = true
}

/** The outcome of a request. */
export interface PutOutcome {
  /** The number of the first entries that the bus has accepted. */
  readonly accepted: number
  /** The error of the next entry, or of the request. Undefined: all entries are accepted. */
  readonly failure?: NotPublished
  /** Whether the bus rejected the request as a whole, so that any of its entries may be the cause. */
  readonly isRejected?: boolean
}

/** Sends entries to an event bus, in order, and waits for its answer. */
export type PutEvents = (entries: readonly Entry[], signal: AbortSignal) => Promise<PutOutcome>

/** The most requests for the same entries. The runner of the reactor then makes further attempts. */
const MOST_TRIES = 4
/** The upper bound of the first pause, in milliseconds. Doubles with each retry. */
const FIRST_PAUSE = 100
/** The time limit for one answer, in milliseconds. */
const ANSWERED_WITHIN = 4000

/**
 * AWS's codes of errors that a retry may mend.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
 */
const PASSING = /^(InternalFailure|InternalException|ThrottlingException|ServiceUnavailable)/

/**
 * Returns a function that calls EventBridge, signed with the function's own role. It retries
 * throttling, faults of the service, and connections that fail.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function eventBridge(environment = process.env): PutEvents {
  return async (entries, signal) => {
    const { AWS_ENDPOINT_URL_EVENTBRIDGE: url } = environment
    if (!url)
      throw new Misuse(
        'AWS_ENDPOINT_URL_EVENTBRIDGE is not set: add it to the function in the stack, with the address of EventBridge in its region',
      )
    let accepted = 0
    for (let tries = 1; ; tries += 1) {
      const outcome = await send(url, entries.slice(accepted), signal, environment)
      accepted += outcome.accepted
      const { failure } = outcome
      const isOver = failure === undefined || tries === MOST_TRIES || signal.aborted
      if (isOver || !isPassing(failure)) return { ...outcome, accepted }
      await delay(Math.random() * FIRST_PAUSE * 2 ** tries)
    }
  }
}

async function send(
  url: string,
  entries: readonly Entry[],
  signal: AbortSignal,
  environment: NodeJS.ProcessEnv,
): Promise<PutOutcome> {
  const request = await signedRequest(
    { ...roleSigner(environment), service: 'events', url: new URL('/', url).href },
    JSON.stringify({ Entries: entries }),
    { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSEvents.PutEvents' },
  )
  let answer: { readonly status: number; readonly text: string }
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWERED_WITHIN)])
    const response = await fetch(request, { signal: limit })
    answer = { status: response.status, text: await response.text() }
  } catch (cause) {
    return { accepted: 0, failure: new NotPublished('The event bus did not answer', {}, { cause }) }
  }
  const { status, text } = answer
  const body = parsed(text)
  if (status !== 200 || body === undefined) {
    const errorType = body?.__type?.split('#').at(-1) ?? 'Unknown'
    const explanation = body?.message ?? body?.Message ?? text.slice(0, 500)
    const failure = refusal(errorType, explanation, status)
    return { accepted: 0, failure, isRejected: !isPassing(failure) }
  }
  const results = body.Entries ?? []
  const accepted = entries.findIndex((_, index) => results[index]?.EventId === undefined)
  if (accepted < 0) return { accepted: entries.length }
  const { ErrorCode = 'Unknown', ErrorMessage = 'no message' } = results[accepted] ?? {}
  return { accepted, failure: refusal(ErrorCode, ErrorMessage, status) }
}

function refusal(errorType: string, explanation: string, status: number): NotPublished {
  const message = `The event bus answered ${errorType}: ${explanation}`
  return new NotPublished(message, { errorType, status })
}

function isPassing({ data: { status, errorType } }: NotPublished): boolean {
  if (typeof status !== 'number' || status >= 500 || status === 429) return true
  return PASSING.test(`${errorType}`)
}

interface Body {
  readonly __type?: string
  readonly message?: string
  readonly Message?: string
  readonly Entries?: readonly {
    readonly EventId?: string
    readonly ErrorCode?: string
    readonly ErrorMessage?: string
  }[]
}

/** Returns the JSON of an answer. Undefined: the answer is not from EventBridge. */
function parsed(text: string): Body | undefined {
  try {
    const body: Body = JSON.parse(text)
    return body
  } catch {
    return undefined
  }
}
