import { LRUCache } from 'lru-cache'
import { keysOfCalls } from './condition-keys.ts'
import { evaluate } from './evaluation.ts'
import type { Access, Authorizer, ConditionKeys, Decision } from './iam.ts'
import type { NamedPolicy } from './policy-document.ts'
import type { RolePolicies } from './role-policies.ts'

/** The most cached decisions of a principal. */
const MOST_DECISIONS = 10_000

export interface PrincipalDefinition {
  /** The ARN of an assumed role, or the name of a service. */
  readonly name: string
  readonly accountId: string
  /** The condition keys that are the same for all calls of the principal. */
  readonly context: ConditionKeys
  readonly policies: RolePolicies
  /** Returns the policy of a resource. */
  resourcePolicy(resourceArn: string): NamedPolicy | undefined
  /** Receives each decision when it is first made. */
  readonly onDecision: (decision: Decision) => void
}

/**
 * Decides about the calls of one principal. Caches decisions: the policies of a running stack never
 * change.
 */
export class PolicyAuthorizer implements Authorizer {
  readonly #principal: PrincipalDefinition
  readonly #decisions = new LRUCache<string, { readonly denial: string | undefined }>({
    max: MOST_DECISIONS,
  })
  readonly #ownKeys: readonly string[]
  /** The condition keys of single calls that a resource's policy mentions, by the resource. */
  readonly #keys = new Map<string, readonly string[]>()
  readonly #reported = new Set<string>()

  constructor(principal: PrincipalDefinition) {
    this.#principal = principal
    const { identity, boundary } = principal.policies
    const documents = [...identity, ...(boundary ? [boundary] : [])]
    this.#ownKeys = keysOfCalls(documents.map(({ document }) => document))
  }

  denial(access: Access): string | undefined | Promise<string | undefined> {
    const { action, resource } = access
    const context = this.#contextOf(access)
    const key = `${action} ${resource} ${context ? JSON.stringify(context) : ''}`
    const known = this.#decisions.get(key)
    if (known) return known.denial
    return this.#decide(key, access, context)
  }

  async #decide(key: string, access: Access, context: ConditionKeys | undefined) {
    const { name, onDecision, ...principal } = this.#principal
    const { action, resource } = access
    const denial = await evaluate({
      ...principal,
      principal: name,
      action,
      resource,
      context: { ...principal.context, ...context },
      resourcePolicy: principal.resourcePolicy(resource),
    })
    this.#decisions.set(key, { denial })
    const reported = `${action} ${resource} ${denial ?? ''}`
    if (!this.#reported.has(reported)) {
      this.#reported.add(reported)
      onDecision({ principal: name, action, resource, ...(denial !== undefined && { denial }) })
    }
    return denial
  }

  /** Returns the condition keys of a call that a policy mentions; undefined if none is mentioned. */
  #contextOf({ resource, context }: Access): ConditionKeys | undefined {
    const keys = this.#keysFor(resource)
    if (keys.length === 0) return undefined
    const now = Date.now()
    const all: ConditionKeys = {
      'aws:CurrentTime': new Date(now).toISOString(),
      'aws:EpochTime': `${Math.floor(now / 1000)}`,
      ...context?.(),
    }
    return Object.fromEntries(Object.entries(all).filter(([name]) => keys.includes(name)))
  }

  #keysFor(resource: string): readonly string[] {
    const known = this.#keys.get(resource)
    if (known) return known
    const policy = this.#principal.resourcePolicy(resource)
    const keys = [...this.#ownKeys, ...(policy ? keysOfCalls([policy.document]) : [])]
    this.#keys.set(resource, keys)
    return keys
  }
}
