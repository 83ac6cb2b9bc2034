import { AnyPrincipal, type Conditions, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'

/** The action that would let DynamoDB delete items later. The policies of all tables deny it. */
export const EXPIRY = 'dynamodb:UpdateTimeToLive'

/**
 * Returns a statement of a table's own policy that denies actions to everyone.
 * @param conditions limit the statement; default: it always applies
 */
export function denial(
  sid: string,
  actions: string[],
  conditions: Conditions = {},
): PolicyStatement {
  return new PolicyStatement({
    sid,
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions,
    // The policy is part of the table and cannot refer to it.
    resources: ['*'],
    conditions,
  })
}
