import { STRING_SCALARS } from '../../scalars/string-scalars.ts'

/** The types of fields as in the schema: `{ quantity: 'Int!' }`. */
export type FieldTypes = Readonly<Record<string, string>>

/** The types that fields can name. Missing ones are not checked. */
export interface NamedTypes {
  readonly objects: Readonly<Record<string, FieldTypes>>
  readonly enums: Readonly<Record<string, readonly string[]>>
}

/** A value that does not have the type of the schema. */
export interface Misfit {
  /** `lines[0].quantity` */
  readonly path: string
  readonly type: string
  readonly value: unknown
}

/** Returns the first misfit in a value, if there is one. */
export type ValueCheck = (value: unknown, path: string) => Misfit | undefined

const LARGEST_INT = 2 ** 31 - 1
const SMALLEST_INT = -(2 ** 31)

/** Compiles checks of types, such as `[Int!]!`. Compiles each type once. */
export class TypesCheck {
  readonly #types: NamedTypes
  readonly #checks = new Map<string, ValueCheck>()

  constructor(types: NamedTypes) {
    this.#types = types
  }

  /** Returns the check of a type. Undefined and null are both null. */
  of(type: string): ValueCheck {
    const known = this.#checks.get(type)
    if (known) return known
    // A type may contain itself, so its own fields are compiled when the first value comes.
    let content: ValueCheck | undefined
    const isRequired = type.endsWith('!')
    const check: ValueCheck = (value, path) => {
      if (value === undefined || value === null) {
        return isRequired ? { path, type, value: null } : undefined
      }
      content ??= this.#contentOf(isRequired ? type.slice(0, -1) : type)
      return content(value, path)
    }
    this.#checks.set(type, check)
    return check
  }

  #contentOf(type: string): ValueCheck {
    if (type.startsWith('[')) return listCheck(type, this.of(type.slice(1, -1)))
    const values = this.#types.enums[type]
    if (values) return leafCheck(type, (value) => values.some((one) => one === value))
    const fields = this.#types.objects[type]
    if (fields) return this.#objectCheck(type, fields)
    const accepts = acceptsOf(type)
    return accepts ? leafCheck(type, accepts) : () => undefined
  }

  #objectCheck(type: string, fields: FieldTypes): ValueCheck {
    const checks = Object.entries(fields).map(([name, type]) => ({ name, check: this.of(type) }))
    return (value, path) => {
      if (typeof value !== 'object' || value === null) return { path, type, value }
      for (const { name, check } of checks) {
        const misfit = check(Reflect.get(value, name), `${path}.${name}`)
        if (misfit) return misfit
      }
      return undefined
    }
  }
}

function listCheck(type: string, check: ValueCheck): ValueCheck {
  return (value, path) => {
    if (!Array.isArray(value)) return { path, type, value }
    for (const [index, item] of value.entries()) {
      const misfit = check(item, `${path}[${index}]`)
      if (misfit) return misfit
    }
    return undefined
  }
}

function leafCheck(type: string, accepts: (value: unknown) => boolean): ValueCheck {
  return (value, path) => (accepts(value) ? undefined : { path, type, value })
}

/** Returns undefined for AWSJSON, which accepts every value, and for types that are not known. */
function acceptsOf(type: string): ((value: unknown) => boolean) | undefined {
  switch (type) {
    case 'ID':
    case 'String':
      return (value) => typeof value === 'string'
    case 'Boolean':
      return (value) => typeof value === 'boolean'
    case 'Float':
      return (value) => Number.isFinite(value)
    case 'Int':
      return (value) =>
        Number.isInteger(value) && Number(value) <= LARGEST_INT && Number(value) >= SMALLEST_INT
    case 'AWSTimestamp':
      return (value) => Number.isInteger(value)
  }
  const accepts = STRING_SCALARS[type]
  return accepts && ((value) => typeof value === 'string' && accepts(value))
}
