import { util } from '@aws-appsync/utils'

/** Calls the Lambda function of a field of Query or Mutation. Runs in AppSync (APPSYNC_JS). */
export function request(ctx) {
  return {
    operation: 'Invoke',
    payload: {
      typeName: ctx.info.parentTypeName,
      fieldName: ctx.info.fieldName,
      arguments: ctx.args,
      mode: util.authType(),
      identity: ctx.identity,
    },
  }
}

/**
 * Returns the function's result, or a GraphQL error with the type and data of the function's error.
 * The errors beside a result are added to the answer, with the field's path.
 */
export function response(ctx) {
  if (ctx.error) {
    // The function failed unexpectedly. The log has the details under the trace id.
    const header = ctx.request.headers['x-amzn-trace-id'] ?? ''
    const root = header.split(';').find((part) => part.startsWith('Root='))
    util.error('Something went wrong on our side', 'InternalError', null, {
      traceId: root ? root.slice(5) : null,
    })
  }
  const { error, errors, result } = ctx.result
  if (error) {
    util.error(error.message, error.errorType, null, error.errorInfo)
  }
  if (errors) {
    for (const { message, errorType, errorInfo } of errors) {
      util.appendError(message, errorType, null, errorInfo)
    }
  }
  return result
}
