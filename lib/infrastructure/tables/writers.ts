import { Lazy, Resource, Stack, Tags } from 'aws-cdk-lib'
import {
  AccountPrincipal,
  CfnRole,
  CfnUser,
  Group,
  type IGrantable,
  type IPrincipal,
  type IRole,
  type PolicyStatement,
} from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { denial } from './denials.ts'

/** The tag of a role that may commit to all tables of a stack. A table's own tag ends in its name. */
const TAG = 'commits'

const writersOfAll = new WeakSet<IPrincipal>()

/** Several roles as one principal, such as those of a domain's functions. */
export interface RoleGroup extends IPrincipal {
  readonly roles: readonly IRole[]
}

/**
 * The roles and users that may commit to a table. Tags mark them: the table's policy then refers to
 * no other resource, so that CloudFormation can import the table into a new stack, and a nested
 * stack can contain the roles. A principal that the app does not create is named by its ARN.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export class Writers {
  /** Denies puts to everyone else. */
  readonly statement: PolicyStatement
  readonly #table: Construct
  readonly #tag: string
  readonly #arns = new Set<string>()

  /** @param resource the resource type whose events the table has */
  constructor(table: Construct, resource: string) {
    this.#table = table
    this.#tag = `${TAG}:${resource}`
    this.statement = denial('OnlyCommandsCommit', ['dynamodb:PutItem'], {
      StringNotEquals: {
        [`aws:PrincipalTag/${TAG}`]: this.#stack,
        [`aws:PrincipalTag/${this.#tag}`]: this.#stack,
      },
    })
  }

  /** @throws Error for a grantee that is not a function, a role or a user */
  add(grantee: IGrantable): void {
    for (const principal of principalsOf(grantee.grantPrincipal)) {
      const arns = arnsOf(principal, this.#table)
      if (writersOfAll.has(principal)) continue
      if (isTaggable(principal)) Tags.of(principal).add(this.#tag, this.#stack)
      else this.#admit(arns)
    }
  }

  #admit(arns: readonly string[]): void {
    if (this.#arns.size === 0) {
      const names = Lazy.list({ produce: () => [...this.#arns] })
      this.statement.addCondition('ArnNotEquals', { 'aws:PrincipalArn': names })
    }
    for (const arn of arns) this.#arns.add(arn)
  }

  get #stack(): string {
    return Stack.of(this.#table).stackName
  }
}

/**
 * Lets a role commit to all tables of its stack. A role has at most 50 tags, so that a tag for each
 * table would limit the number of tables.
 */
export function markWriterOfAll(role: IRole): void {
  Tags.of(role).add(TAG, Stack.of(role).stackName)
  writersOfAll.add(role)
}

function principalsOf(principal: IPrincipal): readonly IPrincipal[] {
  return isRoleGroup(principal) ? principal.roles : [principal]
}

function isRoleGroup(principal: IPrincipal): principal is RoleGroup {
  return 'roles' in principal && Array.isArray(principal.roles)
}

/** Returns the ARNs of the roles and users that a principal stands for. */
function arnsOf(principal: IPrincipal, table: Construct): string[] {
  const { principalJson, conditions } = principal.policyFragment
  const { AWS: arns = [], ...others } = principalJson
  if (arns.length === 0 || !isEmpty(others) || !isEmpty(conditions) || isMany(principal)) {
    throw new Error(
      `grantCommit needs a function, a role or a user, which the policy of ${table.node.path} admits by a tag or by its ARN; got ${principal}`,
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

/** Whether the app creates the role or user. */
function isTaggable(principal: IPrincipal): principal is IPrincipal & Construct {
  if (!Construct.isConstruct(principal) || !Resource.isOwnedResource(principal)) return false
  const resource = principal.node.defaultChild
  return resource instanceof CfnRole || resource instanceof CfnUser
}

function isEmpty(object: object): boolean {
  return Object.keys(object).length === 0
}
