import {
  currentTraceId,
  type ErrorData,
  type EventSourcingError,
  isEventSourcingError,
  traced,
  tracedInvocation,
  within,
} from '../../event-sourcing/index.ts'
import { errorDetails, log } from '../log.ts'
import type { Fields } from './field.ts'

/** What invoke.js sends. */
export interface Invocation {
  readonly typeName: string
  readonly fieldName: string
  readonly arguments: unknown
}

/** What invoke.js expects: a result, or an error that the client may see. */
export type Answer = { readonly result: unknown } | { readonly error: ClientError }

export interface ClientError {
  readonly errorType: string
  readonly message: string
  readonly errorInfo: ErrorData
}

/** What of Lambda's context is needed. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number
}

/** Of the time that Lambda leaves, so much is for the answer and the log, in milliseconds. */
const TIME_TO_ANSWER = 500

/**
 * Makes an object of field functions a Lambda handler. A refusal is an answer, with its code and
 * data; a fault is one as well, and is written to the log with its cause, which no client gets to
 * see; anything else is thrown, so that Lambda counts it, and invoke.js hides what it says.
 * Whatever is retried ends before Lambda's time does.
 */
export function resolverHandler(
  fields: Fields,
): (invocation: Invocation, context: InvocationContext) => Promise<Answer> {
  // 2. AppSync calls the command function, or the query function.
  return (invocation, context) =>
    tracedInvocation(async () => {
      const { fieldName } = invocation
      const time = context.getRemainingTimeInMillis() - TIME_TO_ANSWER
      try {
        const work = () => within(time, () => resolve(fields, invocation))
        return { result: await traced(fieldName, work) }
      } catch (error) {
        if (!isEventSourcingError(error)) {
          log('error', fieldName, { error: errorDetails(error) })
          throw error
        }
        return refusal(fieldName, error)
      }
    })
}

function refusal(fieldName: string, error: EventSourcingError): Answer {
  const { code, data, message, fault } = error
  if (fault) log('error', fieldName, { code, ...data, error: errorDetails(error) })
  else log('info', fieldName, { code, ...data, refusal: message })
  const traceId = currentTraceId()
  return {
    error: { errorType: code, message, errorInfo: { ...data, ...(traceId && { traceId }) } },
  }
}

async function resolve(fields: Fields, { fieldName, arguments: args }: Invocation) {
  const field = Object.hasOwn(fields, fieldName) ? fields[fieldName] : undefined
  if (!field) throw new TypeError(`This function has no field ${fieldName}`)
  const result: unknown = await Reflect.apply(field, undefined, [args, { fieldName }])
  return result
}
