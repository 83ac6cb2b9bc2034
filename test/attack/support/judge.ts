import type { Scene } from './scene.ts'
import type { HttpAnswer } from './wire.ts'

/** The errors of AppSync about requests, and the errors of the framework and the examples. */
const ERROR_TYPES = [
  'UnauthorizedException',
  'Unauthorized',
  'MalformedHttpRequestException',
  'BadRequestException',
  'BadRequest',
  'MethodNotAllowedException',
  'RequestEntityTooLargeException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'IncompleteSignatureException',
  'UnsupportedOperation',
  'DuplicatedOperationError',
  'MaxSubscriptionsReachedError',
  'UnknownOperationError',
  'Forbidden',
  'InvalidId',
  'InvalidArgument',
  'ResourceNotFound',
  'VersionConflict',
  'CommandIdReused',
  'SoldOut',
  'InvalidAmount',
  'InvalidQuantity',
  'InvalidOrderQuantity',
  'OrderNotOpen',
  'NotParked',
]
/** Texts of the inside: errors of JavaScript, stack traces, files, connections, AWS. */
const INSIDE =
  /(?:Type|Range|Reference|Syntax|URI)Error|\bat [\w.<>]+ \(|\/lib\/|node_modules|node:internal|\.[cm]?[jt]s:\d|E(?:CONN|NOENT|PIPE|PERM)|(?<!is )\bundefined\b|\[object |\bNaN\b|DynamoDB|AccessDenied|ConditionalCheck|ExecutionContext|0 bytes/

/** Returns the fault of an answer over HTTP; undefined for a good answer. */
export function faultOfAnswer(
  scene: Scene,
  sent: string,
  { status, text }: HttpAnswer,
): string | undefined {
  if (status >= 500) return `status ${status}`
  // Node.js itself refuses what is no HTTP.
  if (text === '' && [0, 400, 404, 405, 431].includes(status)) return undefined
  const { data, errors } = jsonOf(text) ?? {}
  if (data === undefined && errors === undefined) return 'neither data nor errors'
  if (status !== 200 && data !== undefined) return 'data beside a refusal'
  if (errors !== undefined && (!Array.isArray(errors) || errors.length === 0)) {
    return 'errors that are no list'
  }
  for (const error of Array.isArray(errors) ? errors : []) {
    const fault = faultOfError(error)
    if (fault) return fault
  }
  return faultOfText(scene, sent, text) ?? faultOfData(scene, data)
}

/** Returns the fault of an error in an answer or a frame. */
export function faultOfError(error: unknown): string | undefined {
  const { message, errorType } = Object(error)
  if (typeof message !== 'string' || message === '') return 'an error without a message'
  const isKnown = (errorType ?? undefined) === undefined || ERROR_TYPES.includes(errorType)
  return isKnown ? undefined : `the error ${errorType}`
}

/** Returns the fault of a text that an attacker received. */
export function faultOfText({ secrets }: Scene, sent: string, text: string): string | undefined {
  const secret = secrets.find((each) => text.includes(each))
  if (secret !== undefined) return `the secret ${secret}`
  const [inside] = INSIDE.exec(text) ?? []
  // The client's own text may return in a message.
  return inside === undefined || sent.includes(inside) ? undefined : `the text ${inside}`
}

/** Returns the fault of data that an attacker received: Alice's orders. */
export function faultOfData({ orders }: Scene, data: unknown): string | undefined {
  const text = JSON.stringify(data ?? null).toLowerCase()
  const order = orders.find((id) => text.includes(id))
  return order === undefined ? undefined : `the order ${order}`
}

export function jsonOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return Object(JSON.parse(text))
  } catch {
    return undefined
  }
}
