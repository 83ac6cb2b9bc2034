import { randomBytes, randomInt } from 'node:crypto'
import type { Json } from '../json.ts'
import type { Template } from '../template/index.ts'
import { TemplateError } from '../template/index.ts'
import type { Principal } from './iam.ts'
import { IamPolicy } from './iam-policy.ts'

/** The roles of a template, with credentials for this run. */
export interface Roles {
  /** Returns the principal of a role, by the role's ARN. */
  ofRole(roleArn: string): Principal | undefined
  ofAccessKey(accessKeyId: string): Principal | undefined
  /** The user of this machine, who may do everything. */
  readonly operator: Principal
}

/** The credentials of each principal, by ARN. They persist across reloads. */
export type KnownCredentials = Map<string, ReturnType<typeof newCredentials>>

export function rolesOf(
  template: Template,
  accountId: string,
  known: KnownCredentials = new Map(),
): Roles {
  const credentialsOf = (arn: string) => {
    const credentials = known.get(arn) ?? newCredentials()
    known.set(arn, credentials)
    return credentials
  }
  const attached = attachedPolicies(template)
  const byArn = new Map<string, Principal>()
  const byAccessKey = new Map<string, Principal>()
  for (const role of template.resources('AWS::IAM::Role')) {
    const inline = role.properties().objects('Policies')
    const documents = [
      ...inline.map((policy) => policy.json('PolicyDocument') ?? null),
      ...(attached.get(role.name) ?? []),
    ]
    const arn = `arn:aws:sts::${accountId}:assumed-role/${role.name}/local`
    const principal: Principal = {
      arn,
      ...credentialsOf(arn),
      ...policyOf(role.logicalId, documents),
    }
    byArn.set(role.attribute('Arn'), principal)
    byAccessKey.set(principal.accessKeyId, principal)
  }
  const operatorArn = `arn:aws:iam::${accountId}:user/operator`
  const operator: Principal = {
    arn: operatorArn,
    ...credentialsOf(operatorArn),
    allows: () => true,
  }
  byAccessKey.set(operator.accessKeyId, operator)
  return {
    operator,
    ofRole: (roleArn) => byArn.get(roleArn),
    ofAccessKey: (accessKeyId) => byAccessKey.get(accessKeyId),
  }
}

/** Returns the documents of the standalone policies, by the role's name. */
function attachedPolicies(template: Template): Map<string, Json[]> {
  const attached = new Map<string, Json[]>()
  for (const policy of template.resources('AWS::IAM::Policy')) {
    const properties = policy.properties()
    for (const role of properties.texts('Roles')) {
      const documents = attached.get(role) ?? []
      attached.set(role, [...documents, properties.json('PolicyDocument') ?? null])
    }
  }
  return attached
}

function policyOf(logicalId: string, documents: Json[]): Pick<Principal, 'allows'> {
  try {
    const policy = new IamPolicy(documents)
    return { allows: (action, resource) => policy.allows(action, resource) }
  } catch (error) {
    const problem = error instanceof Error ? error.message : `${error}`
    throw new TemplateError({ logicalId, type: 'AWS::IAM::Role' }, problem)
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
