import { readFileSync } from 'node:fs'
import { GraphQLError, type GraphQLScalarType, valueFromASTUntyped } from 'graphql'
import { STRING_SCALARS } from '../../../scalars/string-scalars.ts'
import { parsedJson } from '../../json.ts'

/**
 * The most levels of an AWSJSON value: the default of Jackson, the JSON parser of most Java
 * services. A script or a function could not read a value that overflows the stack.
 * https://github.com/FasterXML/jackson-core/blob/2.x/src/main/java/com/fasterxml/jackson/core/StreamReadConstraints.java
 */
const JSON_LEVELS = 1000

/** AppSync's built-in scalars and directives, which a deployed schema does not declare. */
export const AWS_DECLARATIONS = readFileSync(new URL('./aws.graphql', import.meta.url), 'utf8')

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
      const parsed = typeof value === 'string' ? parsedJson(value) : undefined
      if (parsed === undefined || isDeeper(parsed, JSON_LEVELS)) throw refused(name, value)
      return parsed
    })
    scalar.serialize = (value) => JSON.stringify(value)
  } else {
    return false
  }
  return true
}

/** Whether a JSON value has more than the given levels of lists and objects. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
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
