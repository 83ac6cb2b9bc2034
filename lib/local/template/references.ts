import { isList, isObject, type Json } from '../json.ts'

/** A reference of a resource to another resource, or to an export of another stack. */
export interface Reference {
  /** The logical id. Undefined: another stack exports the value. */
  readonly to: string | undefined
  /** The property that contains the reference: `Environment.Variables.BUCKET`. */
  readonly property: string
}

/**
 * Returns the references in a value, including those in `Fn::Sub`. Skips the branches of `Fn::If`
 * that do not apply.
 * @param holds whether a condition is true
 */
export function referencesIn(
  value: Json,
  holds: (condition: string) => boolean,
  property = '',
): Reference[] {
  if (isList(value))
    return value.flatMap((item, index) => referencesIn(item, holds, inside(property, `${index}`)))
  if (!isObject(value)) return []
  const [name = '', argument = null] = Object.entries(value)[0] ?? []
  const found = (to: string | undefined): Reference => ({ to, property })
  switch (name) {
    case 'Ref':
      return [found(`${argument}`)]
    case 'Fn::GetAtt':
      return [found(isList(argument) ? `${argument[0]}` : `${argument}`.split('.')[0])]
    case 'Fn::ImportValue':
      return [found(undefined)]
    case 'Fn::If': {
      const [condition, then = null, otherwise = null] = isList(argument) ? argument : []
      return referencesIn(holds(`${condition}`) ? then : otherwise, holds, property)
    }
    case 'Fn::Sub': {
      const [text, variables = null] = isList(argument) ? argument : [argument]
      const own = isObject(variables) ? variables : {}
      const names = [...`${text}`.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, inner = '']) => inner)
      return [
        ...names.filter((each) => !(each in own)).map((each) => found(each.trim().split('.')[0])),
        ...referencesIn(own, holds, property),
      ]
    }
    default:
      return Object.entries(value).flatMap(([key, item]) =>
        referencesIn(item, holds, key.startsWith('Fn::') ? property : inside(property, key)),
      )
  }
}

function inside(property: string, name: string): string {
  return property === '' ? name : `${property}.${name}`
}
