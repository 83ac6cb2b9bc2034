import { readFileSync } from 'node:fs'
import { GraphQLError, type GraphQLScalarType, valueFromASTUntyped } from 'graphql'
import { STRING_SCALARS } from '../../../scalars/string-scalars.ts'

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
