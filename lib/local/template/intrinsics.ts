import { isList, isObject, type Json, type JsonObject, objectAt } from '../json.ts'
import { type Place, TemplateError } from './template-error.ts'

/**
 * Returns the value of a logical id; undefined if the value does not exist. `Ref` passes no
 * attribute, `Fn::GetAtt` passes one.
 */
export type Reference = (logicalId: string, attribute?: string) => string | undefined

/** `Ref: AWS::NoValue`: its property is left out. */
const NO_VALUE = Symbol('AWS::NoValue')
type Resolved = Json | typeof NO_VALUE

/** Resolves CloudFormation's intrinsic functions. */
export class Intrinsics {
  readonly #template: JsonObject
  readonly #pseudo: Readonly<Record<string, string>>
  readonly #reference: Reference

  /** @param pseudo the pseudo parameters by name: `AWS::Region` and so on. */
  constructor(template: JsonObject, pseudo: Record<string, string>, reference: Reference) {
    this.#template = template
    this.#pseudo = pseudo
    this.#reference = reference
  }

  /**
   * Returns the value with every intrinsic function in it resolved; undefined for `AWS::NoValue`.
   */
  resolve(value: Json, place: Place): Json | undefined {
    const resolved = this.#resolve(value, place)
    return resolved === NO_VALUE ? undefined : resolved
  }

  /** Whether a named condition of the template is true. */
  holds(condition: string, place: Place): boolean {
    const body = objectAt(this.#template, 'Conditions')[condition]
    if (body === undefined)
      throw new TemplateError(place, `the condition ${condition} does not exist`)
    return this.#isTrue(body, place)
  }

  #resolve(value: Json, place: Place): Resolved {
    if (isList(value)) {
      return value.flatMap((item, index) => {
        const resolved = this.#resolve(item, inside(place, `${index}`))
        return resolved === NO_VALUE ? [] : [resolved]
      })
    }
    if (!isObject(value)) return value
    const [name, argument] = Object.entries(value)[0] ?? []
    const isFunction = name === 'Ref' || name === 'Condition' || name?.startsWith('Fn::')
    if (name && argument !== undefined && isFunction && Object.keys(value).length === 1)
      return this.#call(name, argument, place)
    const resolved: Record<string, Json> = {}
    for (const [key, item] of Object.entries(value)) {
      const result = this.#resolve(item, inside(place, key))
      if (result !== NO_VALUE) resolved[key] = result
    }
    return resolved
  }

  #call(name: string, argument: Json, place: Place): Resolved {
    switch (name) {
      case 'Ref':
        return argument === 'AWS::NoValue' ? NO_VALUE : this.#refer(`${argument}`, undefined, place)
      case 'Fn::GetAtt': {
        const path = isList(argument) ? argument.map(String) : `${argument}`.split('.')
        return this.#refer(path[0] ?? '', path.slice(1).join('.'), place)
      }
      case 'Fn::Join': {
        const [separator, items] = this.#arguments(name, argument, place)
        return this.#texts(items, place).join(`${separator}`)
      }
      case 'Fn::Split': {
        const [separator, text] = this.#arguments(name, argument, place)
        return `${text}`.split(`${separator}`)
      }
      case 'Fn::Select': {
        const [index, items] = this.#arguments(name, argument, place)
        const item = isList(items) ? items[Number(index)] : undefined
        if (item === undefined)
          throw new TemplateError(place, `${name}: the list has no item ${index}`)
        return item
      }
      case 'Fn::Sub':
        return this.#substitute(argument, place)
      case 'Fn::FindInMap': {
        const [map, first, second] = this.#arguments(name, argument, place)
        const mapping = objectAt(objectAt(this.#template, 'Mappings'), `${map}`)
        const found = objectAt(mapping, `${first}`)[`${second}`]
        if (found === undefined)
          throw new TemplateError(place, `${name}: ${map} has no value at ${first}.${second}`)
        return found
      }
      case 'Fn::Base64':
        return Buffer.from(`${this.resolve(argument, place)}`).toString('base64')
      case 'Fn::If': {
        if (!isList(argument)) throw new TemplateError(place, `${name} must have a list`)
        const [condition, then = null, otherwise = null] = argument
        return this.#resolve(this.holds(`${condition}`, place) ? then : otherwise, place)
      }
      case 'Condition':
        return this.holds(`${argument}`, place)
      case 'Fn::Equals':
      case 'Fn::And':
      case 'Fn::Or':
      case 'Fn::Not':
        return this.#isTrue({ [name]: argument }, place)
      default:
        throw new TemplateError(place, `${name} is not supported locally`)
    }
  }

  #refer(name: string, attribute: string | undefined, place: Place): string {
    const parameter = objectAt(this.#template, 'Parameters')[name]
    const value =
      (attribute === undefined ? this.#pseudo[name] : undefined) ??
      (isObject(parameter) && parameter.Default !== undefined
        ? `${parameter.Default}`
        : undefined) ??
      this.#reference(name, attribute)
    if (value === undefined) {
      const wanted = attribute ? `attribute ${attribute} of ${name}` : name
      throw new TemplateError(place, `it refers to ${wanted}, which has no value on this machine`)
    }
    return value
  }

  /**
   * Replaces `${Name}`, `${Resource.Attribute}` and the names of the second argument; `${!x}` is
   * literal.
   */
  #substitute(argument: Json, place: Place): string {
    const [text, variables] = isList(argument) ? argument : [argument]
    const own = isObject(variables) ? variables : {}
    return `${text}`.replaceAll(/\$\{([^}]+)\}/g, (_, expression: string) => {
      if (expression.startsWith('!')) return `\${${expression.slice(1)}}`
      const name = expression.trim()
      const given = own[name]
      if (given !== undefined) return `${this.resolve(given, place)}`
      const dot = name.indexOf('.')
      return dot < 0
        ? this.#refer(name, undefined, place)
        : this.#refer(name.slice(0, dot), name.slice(dot + 1), place)
    })
  }

  #isTrue(condition: Json, place: Place): boolean {
    const [name, argument] = isObject(condition) ? (Object.entries(condition)[0] ?? []) : []
    const items = isList(argument) ? argument : []
    switch (name) {
      case 'Fn::Equals': {
        const [left, right] = this.#arguments(name, items, place)
        return `${left}` === `${right}`
      }
      case 'Fn::And':
        return items.every((item) => this.#isTrue(item, place))
      case 'Fn::Or':
        return items.some((item) => this.#isTrue(item, place))
      case 'Fn::Not':
        return !items.some((item) => this.#isTrue(item, place))
      case 'Condition':
        return this.holds(`${argument}`, place)
      default:
        throw new TemplateError(place, `${name ?? condition} must be a condition function`)
    }
  }

  #arguments(name: string, argument: Json, place: Place): readonly Json[] {
    const resolved = this.#resolve(argument, place)
    if (resolved !== NO_VALUE && isList(resolved)) return resolved
    throw new TemplateError(place, `${name} must have a list`)
  }

  #texts(items: Json | undefined, place: Place): string[] {
    if (isList(items)) return items.map(String)
    throw new TemplateError(place, 'the second argument of Fn::Join must be a list')
  }
}

function inside(place: Place, property: string): Place {
  return { ...place, property: place.property ? `${place.property}.${property}` : property }
}
