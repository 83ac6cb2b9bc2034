import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { GraphQLError, type GraphQLScalarType, valueFromASTUntyped } from 'graphql'

/** AppSync's built-in scalars and directives, which a deployed schema does not declare. */
export const AWS_DECLARATIONS = readFileSync(new URL('./aws.graphql', import.meta.url), 'utf8')

const DATE = String.raw`(-?\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))`
const TIME = String.raw`(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?`
const OFFSET = String.raw`(?:Z|[+-](?:0\d|1[0-8]):[0-5]\d(?::[0-5]\d)?)`

/**
 * The strings that each scalar accepts.
 * https://docs.aws.amazon.com/appsync/latest/devguide/scalars.html
 */
const STRING_SCALARS: Readonly<Record<string, (value: string) => boolean>> = {
  AWSDate: (value) => matchesDate(value, `^${DATE}${OFFSET}?$`),
  AWSTime: (value) => new RegExp(`^${TIME}${OFFSET}?$`).test(value),
  AWSDateTime: (value) => matchesDate(value, `^${DATE}T${TIME}${OFFSET}$`),
  AWSEmail: (value) => /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(value),
  AWSPhone: (value) => /^\+?[\d][\d\s().-]{5,18}$/.test(value),
  AWSURL: (value) => URL.canParse(value) && /^[a-z][a-z\d+.-]*:\/\//i.test(value),
  AWSIPAddress: isAddress,
}

/**
 * Adds AppSync's rules to a declared scalar. Returns false if the scalar is not one of AppSync's.
 */
export function giveRules(scalar: GraphQLScalarType): boolean {
  const { name } = scalar
  const accepts = STRING_SCALARS[name]
  if (accepts) {
    take(scalar, (value) => {
      if (typeof value !== 'string' || !accepts(value)) throw refused(name, value)
      return value
    })
  } else if (name === 'AWSTimestamp') {
    take(scalar, (value) => {
      if (!Number.isInteger(value)) throw refused(name, value)
      return value
    })
  } else if (name === 'AWSJSON') {
    // A resolver receives the parsed value. Its result is written as JSON text, even if it is a
    // string.
    take(scalar, (value) => {
      try {
        return JSON.parse(typeof value === 'string' ? value : '')
      } catch {
        throw refused(name, value)
      }
    })
    scalar.serialize = (value) => JSON.stringify(value)
  } else {
    return false
  }
  return true
}

function take(scalar: GraphQLScalarType, coerce: (value: unknown) => unknown): void {
  scalar.parseValue = coerce
  scalar.parseLiteral = (node, variables) => coerce(valueFromASTUntyped(node, variables))
  scalar.serialize = (value) => {
    try {
      return coerce(value)
    } catch {
      const kind = scalar.name.replace('AWS', '')
      throw new GraphQLError(`Unable to serialize \`${value}\` as a valid ${kind} Object.`)
    }
  }
}

function refused(scalar: string, value: unknown): GraphQLError {
  return new GraphQLError(`Unable to parse \`${JSON.stringify(value)}\` as a valid ${scalar}.`)
}

/** Checks the pattern and the calendar: the pattern ignores the lengths of months. */
function matchesDate(value: string, pattern: string): boolean {
  const date = new RegExp(pattern).exec(value)?.[1]?.replace(/^-/, '')
  return date !== undefined && new Date(`${date}T00:00:00Z`).toISOString().startsWith(date)
}

function isAddress(value: string): boolean {
  const [address = '', length, ...rest] = value.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return (
    length === undefined ||
    (/^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128))
  )
}
