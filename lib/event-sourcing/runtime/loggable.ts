import { validate } from 'uuid'
import {
  CorruptHistory,
  type ErrorData,
  EventRejected,
  type EventSourcingError,
  isEventSourcingError,
  NotBound,
  OutcomeUnknown,
  StoreUnavailable,
  UnknownEvent,
} from '../errors.ts'
import { Misuse, RunStopped } from './composed-errors.ts'
import { describeThrown, property } from './thrown.ts'

/**
 * Decides which parts of an error logs and traces contain. Payloads stay out of them: values of
 * clients' inputs, of events and of states. A message often contains such a value, so only messages
 * that the framework composes of names, ids and numbers are kept, and those that JavaScript itself
 * composes of names in the code. The stack leads to the others.
 */

/** The description of a thrown value for logs and traces. */
export interface Loggable {
  /** The error's name, or the type of a value that is not an error. */
  readonly name: string
  /** Absent if the message may contain payload. */
  readonly message?: string
  /** The code of an error of Node.js or another library, such as `ECONNREFUSED`. */
  readonly code?: string
  readonly data?: ErrorData
  /** Without the message, if that is absent. */
  readonly stack?: string
}

/** Whether logs and traces may contain payloads: the functions have `LOG_PAYLOADS=true`. */
export function logsPayloads(): boolean {
  return process.env.LOG_PAYLOADS === 'true'
}

/**
 * Describes a thrown value for logs and traces. Never throws.
 * @param isOfStore whether it caused an error of the store, so that DynamoDB's client wrote its
 * message
 */
export function loggable(thrown: unknown, isOfStore = false): Loggable {
  const { name, message, stack } = describeThrown(thrown)
  if (logsPayloads()) {
    const data = property(thrown, 'data')
    return {
      ...{ name, message },
      ...(isRecord(data) && { data }),
      ...(stack !== undefined && { stack }),
    }
  }
  // Anything can be thrown, also an object with a name of a person.
  if (stack === undefined) return { name: thrown === null ? 'null' : typeof thrown }
  const known = isEventSourcingError(thrown)
  const code = known ? undefined : property(thrown, 'code')
  const data = known ? loggableData(thrown) : {}
  const isComposed = COMPOSED.some((type) => thrown instanceof type)
  const hasMessage = isOfStore || isComposed || OF_JAVASCRIPT.some((form) => form.test(message))
  const title = isName(name) ? name : 'Error'
  return {
    name: title,
    ...(hasMessage && { message }),
    ...(isCode(code) && { code }),
    ...(Object.keys(data).length > 0 && { data }),
    stack: hasMessage ? stack : [title, ...framesOf(stack, message)].join('\n'),
  }
}

/** Returns the data of an error that identifies and locates. All data if payloads are logged. */
export function loggableData(error: EventSourcingError): ErrorData {
  if (logsPayloads()) return error.data
  const forms = error instanceof EventRejected ? OF_RULES : OF_FRAMEWORK
  const fits = ([key, value]: readonly [string, unknown]) =>
    Object.hasOwn(forms, key) && (forms[key]?.(value, error.fault) ?? false)
  return Object.fromEntries(Object.entries(error.data).filter(fits))
}

/** Whether an id may be in logs. A client can send any text as an id. */
export function isLoggableId(id: unknown): boolean {
  return logsPayloads() || validate(id)
}

/** Whether an error is from the store, so that its causes are from DynamoDB's client. */
export function isOfStore(thrown: unknown): boolean {
  return thrown instanceof StoreUnavailable || thrown instanceof OutcomeUnknown
}

/** The errors whose messages consist of names, ids and numbers. */
const COMPOSED = [
  UnknownEvent,
  CorruptHistory,
  NotBound,
  StoreUnavailable,
  OutcomeUnknown,
  Misuse,
  RunStopped,
]

/** The messages of JavaScript for usual mistakes in code. They name code, and contain no values. */
const OF_JAVASCRIPT = [
  /^Cannot (read|set) properties of (undefined|null)( \((reading|setting) '[\w$]+'\))?$/,
  /^[\w$.]+(\(\.\.\.\))?(\.[\w$]+)* is not (a function|a constructor|defined|iterable)$/,
  /^Cannot destructure property '[\w$]+' of '[\w$.]+' as it is (undefined|null)\.$/,
  /^Cannot access '[\w$]+' before initialization$/,
  /^Assignment to constant variable\.$/,
  /^Maximum call stack size exceeded$/,
]

type Form = (value: unknown, isFault: boolean) => boolean

const isWhole: Form = (value) => Number.isSafeInteger(value)
const isText: Form = (value) => typeof value === 'string'
/** A fault is about a stored resource, whose id has passed all checks. */
const isId: Form = (value, isFault) => (isFault ? isText(value, isFault) : validate(value))

/** A rule adds data of its domain. The commit adds the id and version. */
const OF_RULES: Readonly<Record<string, Form>> = { id: isId, version: isWhole }
const OF_FRAMEWORK: Readonly<Record<string, Form>> = {
  ...OF_RULES,
  number: isWhole,
  expectedVersion: isWhole,
  actualVersion: isWhole,
  losers: (value) => Array.isArray(value) && value.every((id) => validate(id)),
  commandId: isText,
  resource: isName,
  type: isName,
  attribute: isName,
  argument: isName,
  field: isName,
  store: isName,
  reactor: isName,
  status: isWhole,
  errorType: isName,
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && /^[\w$.:[\]-]{1,128}$/.test(value)
}

function isCode(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Z][A-Z\d_]{1,63}$/.test(value)
}

function isRecord(value: unknown): value is ErrorData {
  return typeof value === 'object' && value !== null
}

/** Returns the lines of a stack after its message, which may have several lines itself. */
function framesOf(stack: string, message: string): string[] {
  const start = stack.indexOf(message)
  const rest = start < 0 ? stack : stack.slice(start + message.length)
  return rest
    .split('\n')
    .filter((line) => /^\s+at .+:\d+:\d+\)?$|^\s+at .+\(<anonymous>\)$/.test(line))
}
