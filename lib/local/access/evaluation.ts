import {
  getDenialReasons,
  type RequestDenial,
  runSimulation,
  type Simulation,
} from '@cloud-copilot/iam-simulate'
import type { Access, ConditionKeys } from './iam.ts'
import type { NamedPolicy } from './policy-document.ts'
import type { RolePolicies } from './role-policies.ts'

/** A call of a principal, with all policies that decide about it. */
export interface Evaluated extends Pick<Access, 'action' | 'resource'> {
  /** The ARN of an assumed role, or the name of a service. */
  readonly principal: string
  readonly accountId: string
  readonly context: ConditionKeys
  readonly policies: RolePolicies
  readonly resourcePolicy: NamedPolicy | undefined
}

/** Evaluates policies as IAM does. Returns AWS's message of a denied call; undefined if allowed. */
export async function evaluate(call: Evaluated): Promise<string | undefined> {
  const outcome = await runSimulation(simulationOf(call), {})
  if (outcome.resultType === 'error') {
    if (outcome.errors.message === 'policy.errors') throw new Error(policyProblem(outcome.errors))
    // The action does not exist, or does not fit the resource: no statement can allow the call.
    return message(call, [])
  }
  if (outcome.overallResult === 'Allowed') return undefined
  const results = outcome.resultType === 'single' ? [outcome.result] : outcome.results
  return message(
    call,
    results.flatMap(({ analysis }) => getDenialReasons(analysis)),
  )
}

/**
 * Checks the syntax of policies.
 * @throws Error with the first problem
 */
export async function checkSyntax(
  policies: RolePolicies,
  resourcePolicy?: NamedPolicy,
): Promise<void> {
  const [action, resource, principal] = ['dynamodb:ListTables', '*', 'events.amazonaws.com']
  const nobody = { action, resource, principal, accountId: '', context: {} }
  await evaluate({ ...nobody, policies, resourcePolicy })
}

function simulationOf(call: Evaluated): Simulation {
  const { principal, action, resource, accountId, policies, resourcePolicy } = call
  const documents = (named: readonly NamedPolicy[]) =>
    named.map(({ name, document }) => ({ name, policy: document }))
  const contextVariables: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(call.context))
    contextVariables[name] = typeof value === 'string' ? value : [...value]
  return {
    request: { principal, action, resource: { resource, accountId }, contextVariables },
    identityPolicies: documents(policies.identity),
    ...(policies.boundary && { permissionBoundaryPolicies: documents([policies.boundary]) }),
    ...(resourcePolicy && { resourcePolicy: resourcePolicy.document }),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }
}

const KINDS: Readonly<Record<string, string>> = {
  identity: 'identity-based policy',
  pb: 'permissions boundary',
  resource: 'resource-based policy',
}

/**
 * Returns the message of an AccessDeniedException.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
function message(call: Evaluated, reasons: readonly RequestDenial[]): string {
  const { principal, action, resource } = call
  const start = `User: ${principal} is not authorized to perform: ${action} on resource: ${resource}`
  const explicit = reasons.find(({ denialType }) => denialType === 'Explicit')
  const kind = KINDS[(explicit ?? reasons.find(({ blocking }) => blocking))?.policyType ?? '']
  if (explicit && kind) return `${start} with an explicit deny in ${article(kind)} ${kind}`
  // A service has no policies of its own.
  const missing = kind ?? KINDS[principal.startsWith('arn:') ? 'identity' : 'resource']
  return `${start} because no ${missing} allows the ${action} action`
}

function article(kind: string): string {
  return kind.startsWith('i') ? 'an' : 'a'
}

type PolicyErrors = Extract<
  Awaited<ReturnType<typeof runSimulation>>,
  { resultType: 'error' }
>['errors']

function policyProblem(errors: PolicyErrors): string {
  const named = Object.entries({
    ...errors.identityPolicyErrors,
    ...errors.permissionBoundaryErrors,
    ...(errors.resourcePolicyErrors && { 'the resource policy': errors.resourcePolicyErrors }),
  })
  const [name = '', [first] = []] = named[0] ?? []
  return `${name} is not a valid policy: ${first?.path ?? ''}: ${first?.message ?? errors.message}`
}
