import { extensions, util } from '@aws-appsync/utils'

/**
 * Asks the Lambda function of a domain whether the caller may subscribe. Runs in AppSync
 * (APPSYNC_JS).
 */
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

/** Limits the subscription by the function's filter, or refuses it with the function's error. */
export function response(ctx) {
  if (ctx.error) {
    util.error('Something went wrong on our side', 'InternalError')
  }
  const { error, result } = ctx.result
  if (error) {
    util.error(error.message, error.errorType, null, error.errorInfo)
  }
  if (result.filter) {
    extensions.setSubscriptionFilter(util.transform.toSubscriptionFilter(result.filter))
  }
  return null
}
