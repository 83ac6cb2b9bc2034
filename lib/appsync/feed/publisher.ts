import { traced } from '../../event-sourcing/index.ts'
import { type Signer, signedRequest } from '../signed-request.ts'
import type { Message } from './message.ts'
import { PublishFailed, type PublishFailure } from './outage.ts'
import type { PublishRequest } from './publish-requests.ts'

/**
 * Publishes a request's messages in order. Returns the failures of messages or of the whole
 * request. Never rejects.
 * @param until the end of the time for the response, as a value of `performance.now()`
 */
export type Publish = (request: PublishRequest, until: number) => Promise<readonly PublishFailure[]>

/** The request timeout in milliseconds. AppSync itself stops after 30 seconds. */
const TIMEOUT = 30_000

/** 7. Calls the publish mutation, signed with the function's own role. */
export function signedPublisher(signer: Signer): Publish {
  return (request, until) =>
    traced('publish', async (annotate) => {
      try {
        const failures = await send(signer, request, until)
        if (failures.length > 0) annotate({ error: failures[0]?.errorType ?? 'PublishFailed' })
        return failures
      } catch (cause) {
        annotate({ error: 'PublishFailed' })
        const message = 'The API did not confirm the publish request'
        return [{ error: new PublishFailed(message, {}, { cause }) }]
      }
    })
}

async function send(
  signer: Signer,
  { body, messages, keys }: PublishRequest,
  until: number,
): Promise<readonly PublishFailure[]> {
  const request = await signedRequest(signer, body)
  const left = Math.max(0, Math.ceil(until - performance.now()))
  const response = await fetch(request, { signal: AbortSignal.timeout(Math.min(TIMEOUT, left)) })
  const { ok, status } = response
  const text = await response.text()
  const answer: PublishAnswer = JSON.parse(text)
  const errors = answer.errors ?? []
  if (!ok) {
    const errorType = errors[0]?.errorType ?? undefined
    const message = `The API answered with HTTP status ${status}: ${text}`
    return [{ status, errorType, error: new PublishFailed(message, { status, errorType }) }]
  }
  // AppSync returns 200 even if a publish failed: the errors are in the body.
  const failures = errors.map(({ path, errorType, message }) => {
    const index = path?.[0] === undefined ? undefined : keys.indexOf(`${path[0]}`)
    if (index === -1) throw new Error(`The API answered with an unknown field: ${text}`)
    const data = { status, errorType: errorType ?? undefined }
    return {
      index,
      ...data,
      error: new PublishFailed(`The API rejected the event: ${message}`, data),
    }
  })
  const failed = new Set(failures.map(({ index }) => index))
  const isAnswered = (_: Message, index: number) =>
    failed.has(index) || answer.data?.[keys[index] ?? '']
  if (!failed.has(undefined) && !messages.every(isAnswered)) {
    throw new Error(`The API did not answer for every message: ${text}`)
  }
  return failures
}

interface PublishAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly PublishError[] | null
}

interface PublishError {
  readonly path?: readonly (string | number)[] | null
  readonly errorType?: string | null
  readonly message?: string
}
