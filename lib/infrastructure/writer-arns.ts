import { Resource, Stack } from 'aws-cdk-lib'
import { AccountPrincipal, Group, type IGrantable, type IPrincipal } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'

/**
 * Returns the ARNs of the roles and users that a grantee stands for. A request has them as
 * `aws:PrincipalArn`:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 * @throws Error for any other grantee, and for one that another stack creates
 */
export function writerArns({ grantPrincipal }: IGrantable, table: Construct): string[] {
  const { principalJson, conditions } = grantPrincipal.policyFragment
  const { AWS: arns = [], ...others } = principalJson
  if (arns.length === 0 || !isEmpty(others) || !isEmpty(conditions) || isMany(grantPrincipal)) {
    throw new Error(
      `grantCommit needs a function, a role or a user, which the policy of ${table.node.path} admits by its ARN; got ${grantPrincipal}`,
    )
  }
  if (isOfAnotherStack(grantPrincipal, table)) {
    throw new Error(
      `grantCommit needs a role of the stack ${Stack.of(table)}, because the policy of ${table.node.path} names it; got ${grantPrincipal} of another stack: create its function in the stack of the API`,
    )
  }
  return arns
}

/** Whether the principal stands for all users of an account or a group. No request has its ARN. */
function isMany(principal: IPrincipal): boolean {
  return (
    principal instanceof AccountPrincipal ||
    principal instanceof Group ||
    principal.policyFragment.principalJson.AWS?.includes('*') === true
  )
}

/** Both stacks would refer to each other: one to the table, and the other to the role. */
function isOfAnotherStack(principal: IPrincipal, table: Construct): boolean {
  return (
    Construct.isConstruct(principal) &&
    Resource.isOwnedResource(principal) &&
    Stack.of(principal) !== Stack.of(table)
  )
}

function isEmpty(object: object): boolean {
  return Object.keys(object).length === 0
}
