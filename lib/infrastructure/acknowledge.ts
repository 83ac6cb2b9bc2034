import { CfnElement, Stack, Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/**
 * Acknowledges a finding of cdk-nag's AwsSolutions pack below a construct, with a reason.
 * @param finding the rule, and the exact finding if it has one: `AwsSolutions-IAM5[Resource::*]`
 */
export function acknowledge(construct: IConstruct, finding: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: finding, reason })
}

/** Returns the finding for a role's managed policy. */
export function managedPolicy(name: string): string {
  return `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`
}

/** Returns a construct's logical id, which findings contain. */
export function logicalIdOf(construct: IConstruct): string {
  const resource = construct.node.defaultChild
  if (CfnElement.isCfnElement(resource)) return Stack.of(construct).resolve(resource.logicalId)
  throw new Error(`${construct.node.path} has no CloudFormation resource`)
}
