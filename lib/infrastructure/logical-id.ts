import { CfnElement } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/** The logical id of the user pool that the stack makes. */
export const USER_POOL = 'UserPool'

/**
 * Gives a table, a user pool or its client a logical id that does not depend on its place in the app.
 * CloudFormation creates a new, empty one if the logical id changes.
 */
export function keepLogicalId(construct: IConstruct, logicalId: string): void {
  const resource = construct.node.defaultChild
  if (!CfnElement.isCfnElement(resource))
    throw new Error(`${construct.node.path} has no CloudFormation resource`)
  resource.overrideLogicalId(logicalId)
}
