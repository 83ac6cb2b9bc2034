import { Misuse } from '../../event-sourcing/index.ts'
import type { Caller } from './caller.ts'

/** A rule that depends on the caller alone. */
export interface CallerRule {
  allows(caller: Caller): boolean
}

/** The rule `owner`. */
export interface OwnerRule {
  readonly isOwner: true
}

/**
 * A rule of your own. Allows the call only if it returns true.
 *
 * @param resource the resource of the id in the input, up to date. A resource that does not exist is
 * refused without a call. Undefined if the input has no id.
 * @param input the field's `input`, or its arguments if it has none
 */
export type Check<A, Input> = (
  caller: Caller,
  resource: A,
  input: Input,
) => boolean | Promise<boolean>

/** Several rules, one of which has to allow the call. */
export interface AnyOf<R> {
  readonly anyOf: readonly R[]
}

/** A rule for a field that concerns resources. `A` is undefined if the field's input has no id. */
export type Rule<A, Input> = CallerRule | OwnerRule | Check<A, Input> | AnyOf<Rule<A, Input>>

/** A rule for another field, which has no owner. */
export type OwnerlessRule<Input> =
  | CallerRule
  | Check<undefined, Input>
  | AnyOf<OwnerlessRule<Input>>

/** Allows all callers that AppSync has authenticated, in any mode. */
export const everyone: CallerRule = { allows: () => true }

/** Allows all users: of the user pool, of the issuer, or of the Lambda authorizer. */
export const users: CallerRule = { allows: ({ kind }) => kind === 'user' }

/** Allows callers with AWS credentials (IAM), whose policies allow the field. */
export const iam: CallerRule = { allows: ({ kind }) => kind === 'iam' }

/** Allows users of a group: the claim `cognito:groups`, or `groups`. */
export function group(name: string): CallerRule {
  if (name === '') throw new Misuse("group needs a name, such as group('staff')")
  return { allows: (caller) => caller.kind === 'user' && caller.groups.includes(name) }
}

/**
 * Allows the user who owns the resource of the `id`. Allows every user if the `id` is optional and
 * absent, because the command then creates a resource of the user. In a list, leaves only the
 * resources of the user. In a subscription, leaves only their events.
 */
export const owner: OwnerRule = { isOwner: true }

/** Allows a call that one of the rules allows. For more than four rules, nest it. */
export function or<A, B, C = never, D = never>(
  first: A,
  second: B,
  third?: C,
  fourth?: D,
): AnyOf<A | B | C | D> {
  return { anyOf: [first, second, third, fourth].filter((rule) => rule !== undefined) }
}

/** A rule for any field. */
export type AnyRule = Rule<never, never>

/** Returns the parts of a rule: one, or those of `or`. */
export function partsOf(rule: AnyRule): readonly Exclude<AnyRule, AnyOf<AnyRule>>[] {
  return 'anyOf' in rule ? rule.anyOf.flatMap(partsOf) : [rule]
}

/** Whether a rule has `owner` among its parts. */
export function concernsOwner(rule: AnyRule): boolean {
  return partsOf(rule).some((part) => 'isOwner' in part)
}

/** The rules of a domain, by field. */
export type Rules = Readonly<Record<string, AnyRule>>

/**
 * Returns the single object of rules that an access.ts exports, under any name.
 * @throws TypeError that names the mistake
 */
export function rulesOf(file: Readonly<Record<string, unknown>>): Rules {
  const [rules, ...others] = Object.values(file)
  if (others.length > 0 || typeof rules !== 'object' || rules === null) {
    throw new Misuse(
      `access.ts must export one object with a rule for each field, and nothing else: export const access = { … }; it exports ${Object.keys(file).join(', ') || 'nothing'}`,
    )
  }
  return Object.fromEntries(
    Object.entries(rules).map(([field, rule]) => [field, ruleOf(field, rule)]),
  )
}

function ruleOf(field: string, rule: unknown): AnyRule {
  if (isRule(rule)) return rule
  throw new Misuse(
    `The rule of ${field} must be everyone, users, iam, group(…), owner, or(…) or a function; got ${typeof rule}`,
  )
}

function isRule(rule: unknown): rule is AnyRule {
  if (typeof rule === 'function') return true
  if (typeof rule !== 'object' || rule === null) return false
  if ('anyOf' in rule) return Array.isArray(rule.anyOf) && rule.anyOf.every(isRule)
  return 'isOwner' in rule || ('allows' in rule && typeof rule.allows === 'function')
}
