import type { Json, JsonObject } from '../json.ts'
import { type Properties, type Resource, type Template, TemplateError } from '../template/index.ts'
import { type NamedPolicy, statementsOf } from './policy-document.ts'

/**
 * Returns the policies of tables, streams, queues and functions, by the ARN of the resource. Several
 * policies of a resource are one.
 */
export function resourcePolicies(template: Template): ReadonlyMap<string, NamedPolicy> {
  const policies = new Map<string, NamedPolicy>()
  const add = (resourceArn: string, name: string, document: Json | undefined) => {
    if (document === undefined) return
    const Statement = [policies.get(resourceArn)?.document ?? {}, document].flatMap(statementsOf)
    policies.set(resourceArn, { name, document: { Version: '2012-10-17', Statement } })
  }
  for (const table of template.resources('AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table')) {
    for (const properties of [table.properties(), ...table.properties().objects('Replicas')]) {
      add(table.attribute('Arn'), table.logicalId, policyIn(properties))
      const streams = ['StreamSpecification', 'ReplicaStreamSpecification']
      for (const stream of streams.map((name) => policyIn(properties.object(name))))
        if (stream !== undefined) add(table.attribute('StreamArn'), table.logicalId, stream)
    }
  }
  const queues = template.resources('AWS::SQS::Queue')
  for (const policy of template.resources('AWS::SQS::QueuePolicy')) {
    const properties = policy.properties()
    const urls = properties.texts('Queues')
    for (const queue of queues.filter((queue) => urls.includes(queue.attribute('QueueUrl'))))
      add(queue.attribute('Arn'), policy.logicalId, properties.json('PolicyDocument'))
  }
  const functions = template.resources('AWS::Lambda::Function')
  for (const permission of template.resources('AWS::Lambda::Permission')) {
    const properties = resolvable(permission)
    if (!properties) continue
    const name = properties.text('FunctionName')
    const arn = functions
      .map((candidate) => [candidate.name, candidate.attribute('Arn')] as const)
      .find((known) => known.some((text) => text === name))?.[1]
    if (arn) add(arn, permission.logicalId, { Statement: statementOf(properties, arn) })
  }
  return policies
}

function policyIn(owner: Properties): Json | undefined {
  return owner.object('ResourcePolicy').json('PolicyDocument')
}

/**
 * Returns the properties of a permission; undefined if its source is not part of the local run, as
 * an S3 bucket is. Nothing invokes the function in its name here.
 */
function resolvable(permission: Resource): Properties | undefined {
  try {
    return permission.properties()
  } catch (error) {
    if (error instanceof TemplateError) return undefined
    throw error
  }
}

/** Returns the statement that Lambda adds to a function's policy for a permission. */
function statementOf(permission: Properties, functionArn: string): JsonObject {
  const principal = permission.text('Principal')
  const source = permission.optionalText('SourceArn')
  const account = permission.optionalText('SourceAccount')
  const Condition = {
    ...(source !== undefined && { ArnLike: { 'aws:SourceArn': source } }),
    ...(account !== undefined && { StringEquals: { 'aws:SourceAccount': account } }),
  }
  return {
    Effect: 'Allow',
    Action: permission.text('Action'),
    Principal: principal.endsWith('.amazonaws.com') ? { Service: principal } : { AWS: principal },
    Resource: functionArn,
    ...(Object.keys(Condition).length > 0 && { Condition }),
  }
}
