import { parsedJson } from './json.ts'

/**
 * A refusal or failure of the API, or unusable credentials (`InvalidAuth`). Match by `code`, never by
 * message.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /**
   * The `errorType` of the answer: the API's own code or AppSync's. Without one, `ValidationError`
   * or `Unknown`.
   */
  readonly code: string
  /** The `errorInfo` of the answer, such as `id` and `traceId`. */
  readonly data: Readonly<Record<string, unknown>>

  constructor(
    message: string,
    options: { code: string; data?: Readonly<Record<string, unknown>>; cause?: unknown },
  ) {
    super(message, { cause: options.cause })
    this.code = options.code
    this.data = options.data ?? {}
  }
}

export function isApiError(error: unknown, code?: string): error is ApiError {
  return error instanceof ApiError && (code === undefined || error.code === code)
}

/** Refusals of the caller's credentials. */
const REFUSED = new Set([
  'UnauthorizedException',
  'AccessDeniedException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'IncompleteSignatureException',
  'ExpiredTokenException',
  'Http401',
])

/**
 * Permanent errors, which no retry can fix. The cause is the request itself, the caller's
 * credentials or permissions, or the stored history.
 */
const LASTING = new Set([
  ...REFUSED,
  'InvalidAuth',
  'InvalidId',
  'InvalidArgument',
  'CorruptHistory',
  'Unauthorized',
  'Forbidden',
  'BadRequestException',
  'MalformedHttpRequestException',
  'ValidationError',
  'Http404',
])

export function isLasting(error: unknown): boolean {
  return isApiError(error) && LASTING.has(error.code)
}

/** Whether the API rejected the credentials, so that other credentials may be accepted. */
export function isRefusal(error: unknown): boolean {
  return isApiError(error) && REFUSED.has(error.code)
}

/**
 * Returns the first error of a GraphQL answer as an ApiError. Accepts each form in which a client
 * library throws errors: an answer, or an error with `errors`, `graphQLErrors` or `networkError`.
 * Also accepts the response of a rejected request, as `result` or `bodyText`.
 */
export function apiError(failure: unknown): unknown {
  if (failure instanceof ApiError || !isObject(failure)) return failure
  const { errors, graphQLErrors, networkError, error, statusCode, bodyText, result } = failure
  for (const list of [errors, graphQLErrors]) {
    const first: unknown = Array.isArray(list) ? list[0] : undefined
    if (isObject(first)) return fromAnswer(first, failure)
  }
  const inner = [networkError, error].find(isObject)
  if (inner) return apiError(inner)
  const told = apiError(typeof bodyText === 'string' ? parsedJson(bodyText) : result)
  if (told instanceof ApiError) return told
  if (typeof statusCode !== 'number') return failure
  const code = `Http${statusCode}`
  return new ApiError(`The API answered with HTTP status ${statusCode}`, { code, cause: failure })
}

function fromAnswer(first: Record<string, unknown>, cause: unknown): unknown {
  const { message, errorInfo } = first
  const code = codeOf(first)
  // Network errors have no type. The thrown error has more details than the entry in the list.
  if (code === undefined && cause instanceof Error) return cause
  return new ApiError(
    typeof message === 'string' ? message : 'The API answered with an error that has no message',
    {
      code: code ?? 'Unknown',
      ...(isObject(errorInfo) && { data: errorInfo }),
      cause,
    },
  )
}

function codeOf(error: Record<string, unknown>): string | undefined {
  const { errorType, originalError, path, locations } = error
  if (typeof errorType === 'string') return errorType
  // Amplify reports a rejected request in this form.
  const name = isObject(originalError) ? originalError.name : undefined
  if (typeof name === 'string' && LASTING.has(name)) return name
  // AppSync sets no type on errors in a document. They have only locations in its text.
  const isOfDocument = !path && Array.isArray(locations) && locations.length > 0
  return isOfDocument ? 'ValidationError' : undefined
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
