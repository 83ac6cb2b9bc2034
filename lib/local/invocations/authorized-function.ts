import type { Authorizer } from '../access/iam.ts'
import type { LocalFunction } from '../lambda/index.ts'

/** Returns a function that a principal invokes: without the right, each invocation fails. */
export function invokedBy(caller: Authorizer, target: LocalFunction): LocalFunction {
  const { logicalId, arn } = target
  const access = { action: 'lambda:InvokeFunction', resource: arn }
  return {
    logicalId,
    arn,
    async invoke(payload, options) {
      const denial = await caller.denial(access)
      return denial === undefined
        ? target.invoke(payload, options)
        : {
            status: 'failed',
            error: { errorType: 'AccessDeniedException', errorMessage: denial },
          }
    },
  }
}
