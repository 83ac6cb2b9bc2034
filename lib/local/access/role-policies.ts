import type { Json } from '../json.ts'
import type { Properties, Resource, Template } from '../template/index.ts'
import { awsPolicy } from './aws-policies.ts'
import type { NamedPolicy } from './policy-document.ts'

/** The policies of a role. */
export interface RolePolicies {
  readonly identity: readonly NamedPolicy[]
  /** The permissions boundary. Undefined: the role has none. */
  readonly boundary?: NamedPolicy
}

/**
 * Returns the policies of a role: inline policies, policies that name the role, and managed
 * policies.
 * @throws TemplateError for a managed policy that neither the template nor the local run has
 */
export function rolePolicies(template: Template, role: Resource): RolePolicies {
  const properties = role.properties()
  const own = properties.objects('Policies').map((policy) => ({
    name: `${role.logicalId}.${policy.optionalText('PolicyName') ?? 'inline'}`,
    document: policy.json('PolicyDocument') ?? null,
  }))
  const attached = template
    .resources('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')
    .filter((policy) => policy.properties().texts('Roles').includes(role.name))
    .map(named)
  const managed = properties
    .texts('ManagedPolicyArns')
    .map((arn, index) => managedPolicy(template, properties, `ManagedPolicyArns.${index}`, arn))
  const boundary = properties.optionalText('PermissionsBoundary')
  return {
    identity: [...own, ...attached, ...managed],
    ...(boundary !== undefined && {
      boundary: managedPolicy(template, properties, 'PermissionsBoundary', boundary),
    }),
  }
}

function managedPolicy(
  template: Template,
  role: Properties,
  property: string,
  arn: string,
): NamedPolicy {
  const policy = template
    .resources('AWS::IAM::ManagedPolicy')
    .find((candidate) => candidate.attribute('PolicyArn') === arn)
  if (policy) return named(policy)
  const document = awsPolicy(arn)
  return document
    ? { name: arn, document }
    : role.fail(
        property,
        `the local run does not know the rights of ${arn}: grant the rights in the template`,
      )
}

function named(policy: Resource): NamedPolicy {
  const document: Json = policy.properties().json('PolicyDocument') ?? null
  return { name: policy.logicalId, document }
}
