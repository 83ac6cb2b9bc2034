import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isList, isObject, type Json, type JsonObject, objectAt } from '../../lib/local/json.ts'
import { Template } from '../../lib/local/template/index.ts'
import { assembly } from './assembly.ts'
import { newFolder } from './run-folder.ts'

/** One right: an action that a role, or a service, may perform on a resource. */
export interface Right {
  /** The logical id of the role, or the name of the service. */
  readonly principal: string
  readonly action: string
  /** An ARN, which may contain `*`. The label of a stream is STREAM. */
  readonly resource: string
  /** The policies and permissions that grant it, by logical ids. */
  readonly grantedBy: readonly string[]
}

/** The granted rights that no path of the test application uses in the local run, with the reasons. */
export const UNUSED: readonly (readonly [rights: RegExp, reason: string])[] = [
  [/ xray:Put/, 'X-Ray: the local run has no permissions for traces'],
  [/ lambda:InvokeFunction function:.*:\*$/, 'AppSync may call any version; CDK grants it along'],
  [/^lambda\.alarms\./, 'the alarm of a late dispatcher: the local run has no alarms'],
  [/ dynamodb:ListStreams /, 'Lambda asks for it when a mapping is created on AWS'],
  [/ sqs:(ChangeMessageVisibility|GetQueueUrl) /, 'CDK grants it along with the used rights'],
  [/^ApiFeed.* sqs:GetQueueAttributes /, 'CDK grants it along with sqs:SendMessage'],
  [/Commands.* dynamodb:ConditionCheckItem /, 'commands with `reads`, of other applications'],
  [/^ApiReactions.* dynamodb:ConditionCheckItem table\/Booking/, 'reactions with `reads`'],
  [/^Apibookings.* dynamodb:Query table\/Views$/, 'folds, of other domains'],
  [
    /^ApiViews.* dynamodb:(BatchWriteItem |(Query|Scan) table\/ReactionCheckpoints$)/,
    'the deletion of old builds, which begins after six minutes',
  ],
  [/^ApiReactions.* dynamodb:Scan table\/Concert/, 'lists of a resource without a reactor'],
]

/** The granted rights that a run uses only if it takes long enough, with the reasons. */
export const SELDOM_USED: typeof UNUSED = [
  [/^events\..*ApiKeyWatch/, 'a schedule that runs once a day of the run'],
]

/** Copies the cloud assembly of the test application, with another template. */
export async function assemblyWith(change: (template: JsonObject) => JsonObject): Promise<string> {
  const folder = newFolder('assembly')
  cpSync(await assembly(), folder, { recursive: true })
  const file = templateFile(folder)
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))))
  return folder
}

export async function appTemplate(): Promise<JsonObject> {
  return JSON.parse(readFileSync(templateFile(await assembly()), 'utf8'))
}

function templateFile(folder: string): string {
  const manifest: JsonObject = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  const stack = Object.values(objectAt(manifest, 'artifacts')).find(
    (artifact) => isObject(artifact) && artifact.type === 'aws:cloudformation:stack',
  )
  return join(folder, `${objectAt(stack, 'properties').templateFile}`)
}

/** Returns a template with the references of a run. */
export function resolvedTemplate(template: JsonObject): Template {
  return new Template(template, {
    region: 'us-east-1',
    accountId: '000000000000',
    stackName: 'Test',
    graphqlUrl: 'http://localhost/graphql',
    realtimeUrl: 'ws://localhost/graphql',
    apiKey: () => 'key',
    streamLabel: () => 'STREAM',
  })
}

/** Returns every right in the policies of a template: statement × action × resource. */
export function grantedRights(template: JsonObject): Right[] {
  const resolved = resolvedTemplate(template)
  const rights = new Map<string, Right>()
  const add = (right: Right, key = line(right)) => {
    const grantedBy = [...(rights.get(key)?.grantedBy ?? []), ...right.grantedBy]
    rights.set(key, { ...right, grantedBy })
  }
  for (const policy of resolved.resources('AWS::IAM::Policy')) {
    const properties = policy.properties()
    const statements = objectAt({ document: properties.json('PolicyDocument') ?? null }, 'document')
    for (const principal of properties.texts('Roles'))
      for (const { Action, Resource } of objectsIn(statements.Statement))
        for (const action of listOf(Action))
          for (const resource of listOf(Resource))
            add({
              principal,
              action: `${action}`,
              resource: `${resource}`,
              grantedBy: [policy.logicalId],
            })
  }
  for (const { logicalId, properties } of resolved.resources('AWS::Lambda::Permission')) {
    const permission = properties()
    const [principal, action] = [permission.text('Principal'), permission.text('Action')]
    const resource = permission.text('FunctionName')
    add({ principal, action, resource, grantedBy: [logicalId] }, logicalId)
  }
  return [...rights.values()]
}

/** Takes a right out of a template, in whatever statements grant it. */
export function without(template: JsonObject, right: Right): JsonObject {
  const Resources = Object.entries(objectAt(template, 'Resources')).flatMap(
    ([logicalId, resource]): [string, Json][] => {
      if (!right.grantedBy.includes(logicalId) || !isObject(resource))
        return [[logicalId, resource]]
      if (resource.Type === 'AWS::Lambda::Permission') return []
      const Properties = objectAt(resource, 'Properties')
      const document = objectAt(Properties, 'PolicyDocument')
      const Statement = objectsIn(document.Statement)
        .flatMap(singleRights)
        .filter((statement) => {
          const [granted] = grantedRights({
            ...template,
            Resources: {
              ...objectAt(template, 'Resources'),
              [logicalId]: {
                ...resource,
                Properties: {
                  ...Properties,
                  PolicyDocument: { ...document, Statement: [statement] },
                },
              },
            },
          }).filter(({ grantedBy }) => grantedBy.includes(logicalId))
          return !granted || line(granted) !== line(right)
        })
      // IAM rejects a policy without statements.
      if (Statement.length === 0) return []
      const PolicyDocument = { ...document, Statement }
      return [[logicalId, { ...resource, Properties: { ...Properties, PolicyDocument } }]]
    },
  )
  return { ...template, Resources: Object.fromEntries(Resources) }
}

/** Splits a statement into statements of one action and one resource. */
function singleRights(statement: JsonObject): JsonObject[] {
  return listOf(statement.Action).flatMap((Action) =>
    listOf(statement.Resource).map((Resource) => ({ ...statement, Action, Resource })),
  )
}

/** A decision of a local run, as access.jsonl has it. */
export interface RecordedDecision {
  readonly principal: string
  readonly action: string
  readonly resource: string
  readonly denial?: string
}

/** Returns the decisions of a run. */
export function decisionsOf(folder: string): RecordedDecision[] {
  const lines = readFileSync(join(folder, 'access.jsonl'), 'utf8').split('\n')
  return lines.flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
}

/** Whether a decision was about a right. */
export function concerns({ principal, action, resource }: RecordedDecision, right: Right): boolean {
  const role = principal.split('/')[1] ?? principal
  const arn = resource.replace(/\/stream\/.*$/, '/stream/STREAM')
  return role === right.principal && action === right.action && matches(right.resource, arn)
}

function matches(pattern: string, arn: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\?]/g, String.raw`\$&`)
  return new RegExp(`^${escaped.replaceAll('*', '.*')}$`).test(arn)
}

/** Returns a right as a line of a report: `Role dynamodb:PutItem table/Concerts`. */
export function line({ principal, action, resource }: Omit<Right, 'grantedBy'>): string {
  return `${principal} ${action} ${resource.replace(/^arn:aws:\w+:us-east-1:000000000000:/, '')}`
}

function objectsIn(value: Json | undefined): JsonObject[] {
  return listOf(value).filter((item) => isObject(item))
}

function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined) return []
  return isList(value) ? value : [value]
}
