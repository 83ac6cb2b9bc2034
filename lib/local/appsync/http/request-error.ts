/** A request that AppSync rejects as a whole, before any execution. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  /** The HTTP status; over the real-time connection, the `errorCode`. */
  readonly status: number
  readonly errorType: string

  constructor(status: number, errorType: string, message: string) {
    super(message)
    this.status = status
    this.errorType = errorType
  }
}

export function malformed(message: string): RequestError {
  return new RequestError(400, 'MalformedHttpRequestException', message)
}

export function badRequest(message: string): RequestError {
  return new RequestError(400, 'BadRequestException', message)
}

export function unauthorized(message = 'You are not authorized to make this call.'): RequestError {
  return new RequestError(401, 'UnauthorizedException', message)
}
