import { setTimeout as delay } from 'node:timers/promises'
import { logsPayloads } from '../../event-sourcing/index.ts'
import { errorDetails, log } from '../log.ts'
import { metric } from '../metric.ts'
import { type Message, truncated } from './message.ts'
import { isOutage, isOutageOfAll, type PublishFailure } from './outage.ts'
import { type PublishRequest, publishRequest, requestGroups } from './publish-requests.ts'

/** Sends one request and returns its failures. */
export type Send = (request: PublishRequest) => Promise<readonly PublishFailure[]>

/** The first message that an outage kept from being published. */
export interface HeldBack {
  readonly message: Message
  readonly error: Error
}

/** The number of attempts during an API outage, before Lambda retries the batch later. */
const TRIES = 3
/** The upper bound of a pause, in milliseconds. */
const LONGEST_PAUSE = 200

/**
 * Publishes messages in order. Each message is published, published truncated, or skipped. In an
 * outage, a message is held back with all messages after it.
 */
export async function deliver(
  messages: readonly Message[],
  send: Send,
): Promise<HeldBack | undefined> {
  for (const group of requestGroups(messages)) {
    const heldBack = await deliverGroup(group, patient(send))
    if (heldBack) return heldBack
  }
  return undefined
}

/** Retries requests that fail because of an outage, after a short pause. */
function patient(send: Send): Send {
  return async (request) => {
    for (let tries = 1; ; tries += 1) {
      const failures = await send(request)
      if (tries === TRIES || !outageOfRequest(failures)) return failures
      await pause()
    }
  }
}

async function deliverGroup(
  messages: readonly Message[],
  send: Send,
): Promise<HeldBack | undefined> {
  const failures = await send(publishRequest(messages))
  const [message] = messages
  const outage = outageOfRequest(failures)
  if (outage && message) return { message, error: outage.error }
  if (failures.some(ofRequest)) return deliverEach(messages, send)
  for (const [index, message] of messages.entries()) {
    const own = failures.filter((failure) => failure.index === index)
    const outage = own.find(isOutage)
    if (outage) return { message, error: outage.error }
    const outcome = own.length > 0 ? await deliverAlone(message, send) : { published: message }
    if ('outage' in outcome) return { message, error: outcome.outage.error }
    settle(message, outcome)
  }
  return undefined
}

/**
 * Sends the messages one by one, because AppSync does not report which of them makes a request
 * invalid.
 */
async function deliverEach(
  messages: readonly Message[],
  send: Send,
): Promise<HeldBack | undefined> {
  const settled: [Message, Settled][] = []
  const failures: PublishFailure[] = []
  let heldBack: HeldBack | undefined
  for (const message of messages) {
    const outcome = await deliverAlone(message, send)
    if ('refused' in outcome) failures.push(outcome.refused)
    if ('outage' in outcome) {
      failures.push(outcome.outage)
      heldBack = { message, error: outcome.outage.error }
      break
    }
    settled.push([message, outcome])
  }
  const [message] = messages
  const [failure] = failures
  const noneGotThrough = settled.every(([, outcome]) => 'refused' in outcome)
  if (message && failure && noneGotThrough && isOutageOfAll(failures)) {
    return { message, error: failure.error }
  }
  for (const [message, outcome] of settled) settle(message, outcome)
  return heldBack
}

type Settled = { readonly published: Message } | { readonly refused: PublishFailure }
type Outcome = Settled | { readonly outage: PublishFailure }

/** Publishes a failed message on its own: unchanged, again after a pause, and then truncated. */
async function deliverAlone(message: Message, send: Send): Promise<Outcome> {
  const once = await sendAlone(message, send)
  if (!('refused' in once)) return once
  await pause()
  const twice = await sendAlone(message, send)
  if (!('refused' in twice) || message.truncated) return twice
  return sendAlone(truncated(message, twice.refused.error), send)
}

async function sendAlone(message: Message, send: Send): Promise<Outcome> {
  const failures = await send(publishRequest([message]))
  const outage = failures.find(isOutage)
  if (outage) return { outage }
  const [refused] = failures
  return refused ? { refused } : { published: message }
}

/** Logs and counts the final outcome of a message. */
function settle(message: Message, outcome: Settled): void {
  const { feed, event } = message
  const { resource } = feed
  if ('refused' in outcome) {
    const error = errorDetails(outcome.refused.error)
    const reason = message.failure === undefined ? {} : { unread: errorDetails(message.failure) }
    // The event itself stays in its table, under its id and number.
    const payload = logsPayloads() ? { variables: message.variables } : {}
    log('error', 'feed', { ...event, passedBy: true, ...payload, error, ...reason })
    metric('PublishFailures', 1, { resource })
    return
  }
  const { published } = outcome
  log('info', 'feed', { ...event, truncated: published.truncated })
  if (published.failure !== undefined) {
    log('error', 'feed', { ...event, truncated: true, error: errorDetails(published.failure) })
    metric('PublishFailures', 1, { resource })
  } else if (published.truncated) {
    metric('TruncatedEvents', 1, { resource })
  }
}

function ofRequest({ index }: PublishFailure): boolean {
  return index === undefined
}

function outageOfRequest(failures: readonly PublishFailure[]): PublishFailure | undefined {
  return failures.find((failure) => ofRequest(failure) && isOutage(failure))
}

/** Pauses with jitter, so that functions that failed together retry at different times. */
function pause(): Promise<void> {
  return delay(Math.random() * LONGEST_PAUSE)
}
