import { isList, isObject, type Json, type JsonObject } from '../json.ts'
import { type Place, TemplateError } from './template-error.ts'

/**
 * The resolved properties of a resource, or of a part of one, read by type. A value of another type
 * throws a `TemplateError`. Strings are accepted as numbers and flags, as in CloudFormation.
 */
export class Properties {
  readonly #place: Place
  readonly #values: JsonObject

  constructor(place: Place, values: JsonObject) {
    this.#place = place
    this.#values = values
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined
  }

  names(): string[] {
    return Object.keys(this.#values)
  }

  text(name: string): string {
    return this.optionalText(name) ?? this.fail(name, 'it is required')
  }

  optionalText(name: string): string | undefined {
    const value = this.#values[name]
    if (value === undefined) return undefined
    if (isObject(value) || isList(value) || value === null)
      this.fail(name, mustBe('a string', value))
    return `${value}`
  }

  number(name: string, byDefault: number): number {
    const value = this.#values[name]
    if (value === undefined) return byDefault
    const number = typeof value === 'number' ? value : Number.parseFloat(`${value}`)
    return Number.isNaN(number) ? this.fail(name, mustBe('a number', value)) : number
  }

  flag(name: string, byDefault = false): boolean {
    const value = this.#values[name]
    if (value === undefined) return byDefault
    if (value === true || value === 'true') return true
    if (value === false || value === 'false') return false
    return this.fail(name, mustBe('true or false', value))
  }

  texts(name: string): string[] {
    return this.#list(name).map(String)
  }

  objects(name: string): Properties[] {
    return this.#list(name).map((item, index) => {
      if (!isObject(item)) this.fail(`${name}.${index}`, mustBe('an object', item))
      return new Properties(this.#inside(`${name}.${index}`), item)
    })
  }

  /** Returns the object with this name; an empty object if it does not exist. */
  object(name: string): Properties {
    const value = this.#values[name] ?? {}
    if (!isObject(value)) this.fail(name, mustBe('an object', value))
    return new Properties(this.#inside(name), value)
  }

  json(name: string): Json | undefined {
    return this.#values[name]
  }

  fail(name: string, problem: string): never {
    throw new TemplateError(this.#inside(name), problem)
  }

  #list(name: string): readonly Json[] {
    const value = this.#values[name] ?? []
    return isList(value) ? value : this.fail(name, mustBe('a list', value))
  }

  #inside(name: string): Place {
    const { property } = this.#place
    return { ...this.#place, property: property ? `${property}.${name}` : name }
  }
}

function mustBe(expected: string, value: Json): string {
  return `it must be ${expected}; got ${JSON.stringify(value)}`
}
