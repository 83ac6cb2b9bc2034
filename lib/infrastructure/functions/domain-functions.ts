import { isDeepStrictEqual } from 'node:util'
import { Stack } from 'aws-cdk-lib'
import {
  type AddToPrincipalPolicyResult,
  type IGrantable,
  type IPrincipal,
  type IRole,
  type PolicyStatement,
  PrincipalPolicyFragment,
} from 'aws-cdk-lib/aws-iam'
import { CfnFunction, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { DependencyGroup } from 'constructs'
import type { RoleGroup } from '../tables/writers.ts'

export interface DomainFunctionsProps {
  /** Undefined: the domain has no query fields. */
  readonly queries: LambdaFunction | undefined
  /** Undefined: the domain has no command fields. */
  readonly commands: LambdaFunction | undefined
  /** Undefined: the domain has no reactors. */
  readonly dispatcher: LambdaFunction | undefined
}

/**
 * The functions that run a domain's code. A grant to the domain is a grant to each of them:
 * `bucket.grantRead(api.addDomain(…))`. One dispatcher runs the reactors of all domains, which
 * therefore share its variables and permissions.
 */
export class DomainFunctions implements IGrantable {
  /** Undefined: the domain has no query fields. */
  readonly queries: LambdaFunction | undefined
  /** Undefined: the domain has no command fields. */
  readonly commands: LambdaFunction | undefined
  /** The functions of queries and commands, and the dispatcher if the domain has reactors. */
  readonly all: readonly LambdaFunction[]
  readonly grantPrincipal: IPrincipal

  constructor({ queries, commands, dispatcher }: DomainFunctionsProps) {
    this.queries = queries
    this.commands = commands
    this.all = [queries, commands, dispatcher].filter((each) => each !== undefined)
    this.grantPrincipal = new Roles(this.all.flatMap(({ role }) => role ?? []))
  }

  /**
   * Sets an environment variable of each function.
   * @throws Error if a function has the variable with another value
   */
  addEnvironment(name: string, value: string): this {
    for (const target of this.all) {
      checkVariable(target, name, value)
      target.addEnvironment(name, value)
    }
    return this
  }
}

function checkVariable(target: LambdaFunction, name: string, value: string): void {
  const stack = Stack.of(target)
  const resource = target.node.defaultChild
  if (!(resource instanceof CfnFunction)) return
  const { variables = {} }: { variables?: Record<string, unknown> } =
    stack.resolve(resource.environment) ?? {}
  const known = variables[name]
  if (known !== undefined && !isDeepStrictEqual(known, stack.resolve(value))) {
    throw new Error(
      `${target.node.path} already has the variable ${name} with another value: use another name`,
    )
  }
}

/** Several roles as one principal. */
class Roles implements RoleGroup {
  readonly assumeRoleAction = 'sts:AssumeRole'
  readonly grantPrincipal = this
  readonly principalAccount: string | undefined
  readonly roles: readonly IRole[]

  constructor(roles: readonly IRole[]) {
    this.roles = roles
    this.principalAccount = roles[0]?.principalAccount
  }

  get policyFragment(): PrincipalPolicyFragment {
    return new PrincipalPolicyFragment({ AWS: this.roles.map(({ roleArn }) => roleArn) })
  }

  addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    const policyDependable = new DependencyGroup()
    for (const role of this.roles) {
      const added = role.addToPrincipalPolicy(statement)
      if (added.policyDependable) policyDependable.add(added.policyDependable)
    }
    return { statementAdded: this.roles.length > 0, policyDependable }
  }
}
