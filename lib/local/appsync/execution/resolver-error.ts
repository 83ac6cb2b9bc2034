/** The failure of one field, as reported by a script, a function or AppSync itself. */
export class ResolverError extends Error {
  override readonly name = 'ResolverError'
  readonly errorType: string | null
  readonly data: unknown
  readonly errorInfo: unknown

  constructor(
    message: string,
    errorType: string | null = null,
    data: unknown = null,
    errorInfo: unknown = null,
  ) {
    super(message)
    this.errorType = errorType
    this.data = data
    this.errorInfo = errorInfo
  }
}

export function unauthorizedField(typeName: string, fieldName: string): ResolverError {
  return new ResolverError(
    `Not Authorized to access ${fieldName} on type ${typeName}`,
    'Unauthorized',
  )
}
