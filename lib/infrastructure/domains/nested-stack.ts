import { CfnStack, NestedStack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'

/** Returns the nested stack of a domain's functions, with a short logical id for names and logs. */
export function nestedStackIn(domain: Construct): NestedStack {
  const nested = new NestedStack(domain, 'Functions', {
    description: `Functions of the domain ${domain.node.id}`,
  })
  const resource = nested.nestedStackResource
  if (resource instanceof CfnStack)
    resource.overrideLogicalId(`${domain.node.id.replaceAll(/[^A-Za-z0-9]/g, '')}Functions`)
  return nested
}
