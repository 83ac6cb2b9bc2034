import {
  currentTraceId,
  during,
  type ErrorData,
  type EventSourcingError,
  isEventSourcingError,
  loggableData,
  logsPayloads,
  Misuse,
  traced,
  within,
} from '../../event-sourcing/index.ts'
import { actorOf, type Caller, callerOf, FIRST_USERS } from '../access/caller.ts'
import { EVERYTHING, type Guard, type Permission } from '../access/guard.ts'
import { subscriptionTo } from '../access/subscription.ts'
import { type InvocationContext, invocation } from '../invocation.ts'
import { errorDetails, log, loggedId } from '../log.ts'
import { type FieldRequest, type Fields, fieldRequest } from './field.ts'

/** The payload that invoke.js sends. */
export interface Invocation {
  readonly typeName: string
  readonly fieldName: string
  readonly arguments: unknown
  /** `util.authType()` of AppSync. Absent in a call that no script made. */
  readonly mode?: string
  /** `ctx.identity` of AppSync. */
  readonly identity?: unknown
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

/** The time reserved for the response and the log, in milliseconds. */
const TIME_TO_ANSWER = 500

/**
 * Returns a Lambda handler for an object of field functions.
 *
 * A rejection becomes a response with its code and data. A fault also becomes a response; the log
 * has its cause, which clients never see. All other errors are thrown, so that Lambda counts them
 * and invoke.js hides their message. A missing right of the function is such an error. Retries end
 * before Lambda's time does.
 * @param guard decides which callers may call a field. Default: all callers
 */
export function resolverHandler(
  fields: Fields,
  guard?: Guard,
): (invocation: Invocation, context: InvocationContext) => Promise<Answer> {
  // 2. AppSync calls the command function, or the query function.
  return (call, context) =>
    invocation(call.fieldName, async () => {
      const { fieldName } = call
      const time = context.getRemainingTimeInMillis() - TIME_TO_ANSWER
      const errors: ClientError[] = []
      const caller = callerIn(call)
      const actor = caller && actorOf(caller)
      try {
        const appendError = (id: string, error: unknown) =>
          errors.push(partialError(fieldName, id, error))
        const result = await traced(fieldName, (annotate) => {
          if (actor !== undefined) annotate({ actor })
          return within(time, async () => {
            const permission = guard ? await permitted(guard, call, caller) : EVERYTHING
            const request = fieldRequest({ fieldName, caller, permission, appendError })
            return resolve(fields, call, request, actor)
          })
        })
        return { result, ...(errors.length > 0 && { errors }) }
      } catch (error) {
        if (!isEventSourcingError(error) || isMissingRight(error)) throw error
        return errorAnswer(fieldName, actor, error)
      }
    })
}

/** Whether the function's role lacks a right: a fault of the deployment, not of the store. */
function isMissingRight({ cause }: EventSourcingError): boolean {
  return cause instanceof Error && cause.name === 'AccessDeniedException'
}

function errorAnswer(
  fieldName: string,
  actor: string | undefined,
  error: EventSourcingError,
): Answer {
  const { code, data, message, fault } = error
  const known = { code, ...loggableData(error), ...(actor !== undefined && { actor }) }
  if (fault) log('error', fieldName, { ...known, error: errorDetails(error) })
  // The client gets the message of a rejection, which often contains a value of its input.
  else log('info', fieldName, { ...known, ...(logsPayloads() && { refusal: message }) })
  return { error: clientError(code, message, data) }
}

/** Logs the error of one resource in a list, and returns it for the client. */
function partialError(fieldName: string, id: string, error: unknown): ClientError {
  const { code, data, message } = isEventSourcingError(error) ? error : INTERNAL
  const known = isEventSourcingError(error) ? loggableData(error) : {}
  log('error', fieldName, { code, ...known, ...loggedId(id), error: errorDetails(error) })
  return clientError(code, message, { ...data, id })
}

/** The error that clients see in place of an unexpected one, as in invoke.js. */
const INTERNAL = { code: 'InternalError', message: 'Something went wrong on our side', data: {} }

function clientError(errorType: string, message: string, data: ErrorData): ClientError {
  const traceId = currentTraceId()
  return { errorType, message, errorInfo: { ...data, ...(traceId && { traceId }) } }
}

/** Returns the caller. Undefined in a call that no resolver script made. */
function callerIn({ mode, identity }: Invocation): Caller | undefined {
  return mode === undefined ? undefined : callerOf({ mode, identity }, process.env[FIRST_USERS])
}

/** @throws Forbidden */
function permitted(
  guard: Guard,
  { fieldName, arguments: args }: Invocation,
  caller: Caller | undefined,
): Promise<Permission> {
  if (!caller) throw new Misuse(`The call of ${fieldName} has no caller: update its resolver`)
  // A rule may read, and never commits.
  return during('query', () => guard.permit(fieldName, caller, args))
}

async function resolve(
  fields: Fields,
  { typeName, fieldName, arguments: args }: Invocation,
  request: FieldRequest,
  actor: string | undefined,
): Promise<unknown> {
  if (typeName === 'Subscription') return subscriptionTo(request.onlyOwner, args)
  const field = Object.hasOwn(fields, fieldName) ? fields[fieldName] : undefined
  if (!field) throw new Misuse(`This function does not resolve the field ${fieldName}`)
  const work = (): unknown => Reflect.apply(field, undefined, [args, request])
  return during(typeName === 'Query' ? 'query' : undefined, work, { actor })
}
