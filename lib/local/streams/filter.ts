import { isObject, type Json, type JsonObject } from '../json.ts'

/** Whether a record passes. */
export type Filter = (record: unknown) => boolean

/**
 * Compiles Lambda's filter criteria. A record passes if it matches any of the patterns; without
 * patterns, all records pass.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 * @throws Error for a malformed pattern, or an operator that is not supported locally
 */
export function compileFilters(patterns: readonly string[]): Filter {
  if (patterns.length === 0) return () => true
  const filters = patterns.map((pattern) => {
    const parsed: Json = JSON.parse(pattern)
    if (!isObject(parsed)) throw new Error(`a pattern must be a JSON object; got ${pattern}`)
    return compileObject(parsed)
  })
  return (record) => filters.some((passes) => passes(record))
}

/** Compiles an object: every field must match, and at least one of the alternatives under `$or`. */
function compileObject(pattern: JsonObject): Filter {
  const tests = Object.entries(pattern).map(([name, expected]): Filter => {
    if (name === '$or') {
      const alternatives = listOf(expected, name).map((alternative) => {
        if (!isObject(alternative))
          throw new Error(`$or must be a list of patterns; got ${JSON.stringify(expected)}`)
        return compileObject(alternative)
      })
      return (value) => alternatives.some((passes) => passes(value))
    }
    const passes = isObject(expected)
      ? compileObject(expected)
      : compileAlternatives(listOf(expected, name))
    return (value) => passes(fieldOf(value, name))
  })
  return (value) => tests.every((passes) => passes(value))
}

/** Compiles a list: one of its items must match the value, or an item of the value. */
function compileAlternatives(alternatives: readonly Json[]): Filter {
  const tests = alternatives.map((alternative) =>
    isObject(alternative)
      ? compileOperator(alternative)
      : (value: unknown) => value === alternative,
  )
  return (value) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    return tests.some((passes) => values.some(passes))
  }
}

const OPERATORS = 'exists, prefix, suffix, equals-ignore-case, anything-but, numeric'

function compileOperator(operator: JsonObject): Filter {
  const [name = '', argument = null] = Object.entries(operator)[0] ?? []
  switch (name) {
    case 'exists':
      return (value) => (value !== undefined) === argument
    case 'prefix':
      return (value) => typeof value === 'string' && value.startsWith(`${argument}`)
    case 'suffix':
      return (value) => typeof value === 'string' && value.endsWith(`${argument}`)
    case 'equals-ignore-case':
      return (value) =>
        typeof value === 'string' && value.toLowerCase() === `${argument}`.toLowerCase()
    case 'anything-but': {
      const excluded = isObject(argument)
        ? compileOperator(argument)
        : compileAlternatives(Array.isArray(argument) ? argument : [argument])
      return (value) => value !== undefined && !excluded(value)
    }
    case 'numeric':
      return compileNumeric(listOf(argument, name))
    default:
      throw new Error(`the operator ${name} is not supported locally: use one of ${OPERATORS}`)
  }
}

/** Compiles `[">", 0, "<=", 5]`. DynamoDB's numbers are strings, so they never match, as on AWS. */
function compileNumeric(comparisons: readonly Json[]): Filter {
  const tests: ((value: number) => boolean)[] = []
  for (let index = 0; index < comparisons.length; index += 2) {
    const limit = Number(comparisons[index + 1])
    const comparator = `${comparisons[index]}`
    const test = {
      '=': (value: number) => value === limit,
      '<': (value: number) => value < limit,
      '<=': (value: number) => value <= limit,
      '>': (value: number) => value > limit,
      '>=': (value: number) => value >= limit,
    }[comparator]
    if (!test || Number.isNaN(limit)) {
      const given = JSON.stringify(comparisons)
      throw new Error(`numeric must list pairs of =, <, <=, > or >= and a number; got ${given}`)
    }
    tests.push(test)
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value))
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([key]) => key === name)?.[1]
}

function listOf(value: Json, name: string): readonly Json[] {
  if (Array.isArray(value)) return value
  throw new Error(`${name} of a pattern must be a list; got ${JSON.stringify(value)}`)
}
