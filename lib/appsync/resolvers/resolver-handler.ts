import {
  currentTraceId,
  during,
  type ErrorData,
  type EventSourcingError,
  isEventSourcingError,
  traced,
  tracedInvocation,
  within,
} from '../../event-sourcing/index.ts'
import { errorDetails, log } from '../log.ts'
import type { FieldRequest, Fields } from './field.ts'

/** The payload that invoke.js sends. */
export interface Invocation {
  readonly typeName: string
  readonly fieldName: string
  readonly arguments: unknown
}

/** The response that invoke.js expects: a result, or an error that the client may see. */
export type Answer =
  | {
      readonly result: unknown
      /** The errors beside the result. Absent if there are none. */
      readonly errors?: readonly ClientError[]
    }
  | { readonly error: ClientError }

export interface ClientError {
  readonly errorType: string
  readonly message: string
  readonly errorInfo: ErrorData
}

/** The part of Lambda's context that handlers use. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number
}

/** The time reserved for the response and the log, in milliseconds. */
const TIME_TO_ANSWER = 500

/**
 * Returns a Lambda handler for an object of field functions.
 *
 * A rejection becomes a response with its code and data. A fault also becomes a response; the log
 * has its cause, which clients never see. All other errors are thrown, so that Lambda counts them
 * and invoke.js hides their message. A missing right of the function is such an error. Retries end
 * before Lambda's time does.
 */
export function resolverHandler(
  fields: Fields,
): (invocation: Invocation, context: InvocationContext) => Promise<Answer> {
  // 2. AppSync calls the command function, or the query function.
  return (invocation, context) =>
    tracedInvocation(async () => {
      const { typeName, fieldName } = invocation
      const time = context.getRemainingTimeInMillis() - TIME_TO_ANSWER
      const errors: ClientError[] = []
      const request: FieldRequest = {
        fieldName,
        appendError: (id, error) => errors.push(partialError(fieldName, id, error)),
      }
      try {
        const answer = () => resolve(fields, invocation, request)
        const work = () =>
          within(time, typeName === 'Query' ? () => during('query', answer) : answer)
        const result = await traced(fieldName, work)
        return { result, ...(errors.length > 0 && { errors }) }
      } catch (error) {
        if (!isEventSourcingError(error) || isMissingRight(error)) {
          log('error', fieldName, { error: errorDetails(error) })
          throw error
        }
        return errorAnswer(fieldName, error)
      }
    })
}

/** Whether the function's role lacks a right: a fault of the deployment, not of the store. */
function isMissingRight({ cause }: EventSourcingError): boolean {
  return cause instanceof Error && cause.name === 'AccessDeniedException'
}

function errorAnswer(fieldName: string, error: EventSourcingError): Answer {
  const { code, data, message, fault } = error
  if (fault) log('error', fieldName, { code, ...data, error: errorDetails(error) })
  else log('info', fieldName, { code, ...data, refusal: message })
  return { error: clientError(code, message, data) }
}

/** Logs the error of one resource in a list, and returns it for the client. */
function partialError(fieldName: string, id: string, error: unknown): ClientError {
  const { code, data, message } = isEventSourcingError(error) ? error : INTERNAL
  log('error', fieldName, { code, ...data, id, error: errorDetails(error) })
  return clientError(code, message, { ...data, id })
}

/** The error that clients see in place of an unexpected one, as in invoke.js. */
const INTERNAL = { code: 'InternalError', message: 'Something went wrong on our side', data: {} }

function clientError(errorType: string, message: string, data: ErrorData): ClientError {
  const traceId = currentTraceId()
  return { errorType, message, errorInfo: { ...data, ...(traceId && { traceId }) } }
}

async function resolve(
  fields: Fields,
  { fieldName, arguments: args }: Invocation,
  request: FieldRequest,
) {
  const field = Object.hasOwn(fields, fieldName) ? fields[fieldName] : undefined
  if (!field) throw new TypeError(`This function does not resolve the field ${fieldName}`)
  const result: unknown = await Reflect.apply(field, undefined, [args, request])
  return result
}
