import { isDeepStrictEqual } from 'node:util'
import { isObject, type UnknownObject } from '../../json.ts'
import { ResolverError } from '../execution/resolver-error.ts'

/** Whether a subscriber receives the published value. */
export type SubscriptionFilter = (published: UnknownObject) => boolean

/**
 * Returns a filter by arguments. Arguments stand for fields of the result: each must equal its
 * field. Null equals only null. An absent argument matches every value.
 * https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-data.html#using-subscription-arguments
 */
export function argumentsFilter(args: UnknownObject): SubscriptionFilter {
  const wanted = Object.entries(args).map(([name, value]) => [name, plain(value)] as const)
  return (published) =>
    wanted.every(([name, value]) => isDeepStrictEqual(plain(published[name]), value))
}

const GROUPS = 10
const RULES = 5

/**
 * Returns the filter that a script passed to `extensions.setSubscriptionFilter`. One group must
 * match; a group matches if all its filters match. The filter replaces the arguments.
 * https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-enhanced-filtering.html
 * @throws ResolverError if the form is invalid. AppSync would then match all values, or none.
 */
export function enhancedFilter(definition: unknown): SubscriptionFilter {
  const { filterGroup } = isObject(definition) ? definition : {}
  if (!Array.isArray(filterGroup)) throw invalid('filterGroup must be a list')
  if (filterGroup.length > GROUPS)
    throw invalid(`filterGroup must have at most ${GROUPS} groups; got ${filterGroup.length}`)
  const groups = filterGroup.map((group) => {
    const { filters } = isObject(group) ? group : {}
    if (!Array.isArray(filters)) throw invalid('filters of a group must be a list')
    if (filters.length > RULES)
      throw invalid(`a group must have at most ${RULES} filters; got ${filters.length}`)
    return filters.map(rule)
  })
  return (published) =>
    groups.length === 0 || groups.some((rules) => rules.every((holds) => holds(published)))
}

type Test = (actual: unknown, operand: unknown) => boolean

/** The operators. A field that is null or not selected differs from every operand. */
const OPERATORS: Readonly<Record<string, Test>> = {
  eq: (actual, operand) => actual === operand,
  ne: (actual, operand) => actual !== operand,
  lt: ordered((order) => order < 0),
  le: ordered((order) => order <= 0),
  gt: ordered((order) => order > 0),
  ge: ordered((order) => order >= 0),
  contains,
  notContains: (actual, operand) => !contains(actual, operand),
  beginsWith: (actual, operand) =>
    typeof actual === 'string' && typeof operand === 'string' && actual.startsWith(operand),
  in: (actual, operand) => list(operand).includes(actual),
  notIn: (actual, operand) => !list(operand).includes(actual),
  between: (actual, operand) => {
    const [from, to] = list(operand)
    return (
      ordered((order) => order >= 0)(actual, from) && ordered((order) => order <= 0)(actual, to)
    )
  },
  containsAny: (actual, operand) => list(operand).some((item) => contains(actual, item)),
}

const LIST_OPERATORS: readonly unknown[] = ['in', 'notIn', 'between', 'containsAny']

function rule(definition: unknown): SubscriptionFilter {
  const { fieldName, operator, value } = isObject(definition) ? definition : {}
  if (typeof fieldName !== 'string') throw invalid('a filter has no fieldName: add one')
  const test = typeof operator === 'string' ? OPERATORS[operator] : undefined
  if (!test) {
    const known = Object.keys(OPERATORS).join(', ')
    throw invalid(`the operator ${operator} of ${fieldName} does not exist: use one of ${known}`)
  }
  if (value === undefined) throw invalid(`the filter of ${fieldName} has no value: add one`)
  if (LIST_OPERATORS.includes(operator) !== Array.isArray(value)) {
    const form = Array.isArray(value) ? 'a single value' : 'a list'
    throw invalid(`the value of ${operator} for ${fieldName} must be ${form}`)
  }
  return (published) => test(fieldValue(published, fieldName), value)
}

/** Returns the value at a path such as `owner.name`. Lists on the path are not searched. */
function fieldValue(published: UnknownObject, fieldName: string): unknown {
  return fieldName
    .split('.')
    .reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), published)
}

function ordered(accepts: (order: number) => boolean): Test {
  return (actual, operand) => {
    if (typeof actual === 'number' && typeof operand === 'number') return accepts(actual - operand)
    if (typeof actual !== 'string' || typeof operand !== 'string') return false
    return accepts(actual < operand ? -1 : actual > operand ? 1 : 0)
  }
}

function contains(actual: unknown, operand: unknown): boolean {
  if (Array.isArray(actual)) return actual.includes(operand)
  return typeof actual === 'string' && actual.includes(String(operand))
}

function list(operand: unknown): readonly unknown[] {
  return Array.isArray(operand) ? operand : []
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null))
}

function invalid(reason: string): ResolverError {
  return new ResolverError(`Invalid subscription filter: ${reason}`, 'InvalidSubscriptionFilter')
}
