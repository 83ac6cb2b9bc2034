import { CfnElement, Stack, Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/**
 * Gives the reason for what a rule of cdk-nag's AwsSolutions pack finds below a construct.
 * @param finding the rule with, where it has one, the exact finding: `AwsSolutions-IAM5[Resource::*]`
 */
export function acknowledge(construct: IConstruct, finding: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: finding, reason })
}

/** The finding of a managed policy that a role has. */
export function managedPolicy(name: string): string {
  return `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`
}

/** The name that a finding has for a construct's own resource. */
export function logicalIdOf(construct: IConstruct): string {
  const resource = construct.node.defaultChild
  if (CfnElement.isCfnElement(resource)) return Stack.of(construct).resolve(resource.logicalId)
  throw new Error(`${construct.node.path} is no resource of its own`)
}
