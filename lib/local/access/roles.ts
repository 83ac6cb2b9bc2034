import { randomBytes, randomInt } from 'node:crypto'
import { type Resource, type Template, TemplateError } from '../template/index.ts'
import { PolicyAuthorizer } from './authorizer.ts'
import { PRINCIPAL_TAG, unknownKey } from './condition-keys.ts'
import { checkSyntax } from './evaluation.ts'
import type { Authorizer, ConditionKeys, Decision, Principal, RolePrincipal } from './iam.ts'
import { concerns, conditionKeysOf, type NamedPolicy, statementsOf } from './policy-document.ts'
import { resourcePolicies } from './resource-policies.ts'
import { type RolePolicies, rolePolicies } from './role-policies.ts'

/** The principals of a template, with credentials for this run. */
export interface Roles {
  /**
   * Returns the principal that has assumed a role under a session name; undefined if the template
   * lacks the role.
   * @throws TemplateError for a policy that the local run does not support
   */
  ofRole(roleArn: string, session: Session): RolePrincipal | undefined
  ofAccessKey(accessKeyId: string): RolePrincipal | undefined
  /**
   * Returns a service of AWS as the caller of a function.
   * @param name `events.amazonaws.com`
   * @param sourceArn the resource in whose name the service calls
   */
  ofService(name: string, sourceArn: string): Authorizer
  /** The user of this machine, who may do everything. */
  readonly operator: Principal
  /**
   * Checks the policies of the principals that were asked for.
   * @throws TemplateError for a policy that IAM would reject
   */
  check(): Promise<void>
}

export interface Session {
  /** The last part of the principal's ARN: for a function, its name. */
  readonly name: string
  /** The ARN of the function that runs in the role. */
  readonly functionArn?: string
}

/** The credentials of each principal, by ARN. They persist across reloads. */
export type KnownCredentials = Map<string, ReturnType<typeof newCredentials>>

export interface RolesOptions {
  readonly accountId: string
  readonly region: string
  /** Receives each distinct decision once. */
  readonly onDecision: (decision: Decision) => void
  readonly known?: KnownCredentials
}

/** The services whose calls the local run checks. */
const CHECKED = ['appsync', 'dynamodb', 'events', 'lambda', 'sqs']

export function rolesOf(template: Template, options: RolesOptions): Roles {
  const { accountId, region, onDecision } = options
  const known: KnownCredentials = options.known ?? new Map()
  const credentialsOf = (arn: string) => {
    const credentials = known.get(arn) ?? newCredentials()
    known.set(arn, credentials)
    return credentials
  }
  const ofResources = resourcePolicies(template)
  const common = {
    accountId,
    onDecision,
    resourcePolicy: (arn: string) => ofResources.get(arn.replace(/\/index\/.*$/, '')),
  }
  const always: ConditionKeys = {
    'aws:PrincipalAccount': accountId,
    'aws:RequestedRegion': region,
    'aws:ResourceAccount': accountId,
    'aws:SecureTransport': 'true',
    'aws:ViaAWSService': 'false',
  }
  const roles = template.resources('AWS::IAM::Role')
  const used = new Map<Resource, RolePolicies>()
  const byArn = new Map<string, RolePrincipal>()
  const byAccessKey = new Map<string, RolePrincipal>()

  const operatorArn = `arn:aws:iam::${accountId}:user/operator`
  const operator = {
    arn: operatorArn,
    ...credentialsOf(operatorArn),
    allows: () => true,
    denial: () => undefined,
  }
  byAccessKey.set(operator.accessKeyId, operator)

  return {
    operator,
    ofRole(roleArn, { name, functionArn }) {
      const role = roles.find((candidate) => candidate.attribute('Arn') === roleArn)
      if (!role) return undefined
      const arn = `arn:aws:sts::${accountId}:assumed-role/${role.name}/${name}`
      const existing = byArn.get(arn)
      if (existing) return existing
      const policies = used.get(role) ?? rolePolicies(template, role)
      used.set(role, policies)
      const authorizer = new PolicyAuthorizer({
        ...common,
        name: arn,
        policies,
        context: {
          ...always,
          'aws:PrincipalArn': roleArn,
          'aws:PrincipalIsAWSService': 'false',
          'aws:PrincipalType': 'AssumedRole',
          ...tagsOf(role),
          ...(functionArn !== undefined && { 'lambda:SourceFunctionArn': functionArn }),
        },
      })
      const principal: RolePrincipal = {
        arn,
        ...credentialsOf(arn),
        denial: (access) => authorizer.denial(access),
        allows: async (action, resource) =>
          (await authorizer.denial({ action, resource })) === undefined,
      }
      byArn.set(arn, principal)
      byAccessKey.set(principal.accessKeyId, principal)
      return principal
    },
    ofAccessKey: (accessKeyId) => byAccessKey.get(accessKeyId),
    ofService: (name, sourceArn) =>
      new PolicyAuthorizer({
        ...common,
        name,
        policies: { identity: [] },
        context: {
          ...always,
          'aws:PrincipalIsAWSService': 'true',
          'aws:SourceAccount': accountId,
          'aws:SourceArn': sourceArn,
        },
      }),
    async check() {
      for (const [{ logicalId, type }, policies] of used)
        await checkPolicies({ logicalId, type }, policies)
      for (const policy of ofResources.values())
        await checkPolicies({ logicalId: policy.name }, { identity: [] }, policy)
    },
  }
}

/** Returns the condition keys of a role's tags. */
function tagsOf(role: Resource): ConditionKeys {
  const tags = role.properties().objects('Tags')
  return Object.fromEntries(
    tags.map((tag) => [`${PRINCIPAL_TAG}${tag.text('Key')}`, tag.text('Value')]),
  )
}

/** @throws TemplateError for invalid syntax, or a condition key that the local run lacks */
async function checkPolicies(
  place: { readonly logicalId: string; readonly type?: string },
  policies: RolePolicies,
  resourcePolicy?: NamedPolicy,
): Promise<void> {
  const { identity, boundary } = policies
  const all = [...identity, boundary, resourcePolicy].filter((policy) => policy !== undefined)
  for (const { name, document } of all) {
    const keys = statementsOf(document)
      .filter((statement) => concerns(statement, CHECKED))
      .flatMap(conditionKeysOf)
    const unknown = unknownKey(keys)
    if (unknown !== undefined)
      throw new TemplateError(
        place,
        `the condition key ${unknown} in ${name} is not supported locally: remove the condition, or use another key`,
      )
  }
  try {
    await checkSyntax(policies, resourcePolicy)
  } catch (error) {
    throw new TemplateError(place, error instanceof Error ? error.message : `${error}`)
  }
}

/**
 * Creates credentials in the form of a role's temporary credentials. DynamoDB Local accepts only
 * letters and digits in the key.
 */
function newCredentials(): Pick<Principal, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'> {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const suffix = Array.from({ length: 16 }, () => letters.charAt(randomInt(letters.length)))
  return {
    accessKeyId: `ASIA${suffix.join('')}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: randomBytes(96).toString('base64'),
  }
}
