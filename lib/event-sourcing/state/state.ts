import { types } from 'node:util'

/** The part of an aggregate that the functions in this file use. */
export interface Stateful {
  readonly id: string
}

/**
 * A second instance with the same state and no shared object, so that whatever fails on it leaves
 * the first as it was. State is the instance's own public data fields.
 * @throws TypeError for a field that cannot be copied: a function, an object of a class
 */
export function copyOf<A extends Stateful>(aggregate: A): A {
  const copy: A = Reflect.construct(aggregate.constructor, [aggregate.id])
  copyStateInto(copy, aggregate)
  return copy
}

/** Makes the target's state a copy of the source's. */
export function copyStateInto<A extends Stateful>(target: A, source: A): void {
  for (const field of Object.keys(target)) {
    if (!(field in source)) Reflect.deleteProperty(target, field)
  }
  for (const [field, value] of Object.entries(source)) {
    Reflect.set(target, field, plainCopy(field, value))
  }
}

function plainCopy(field: string, value: unknown): unknown {
  if (typeof value !== 'object' && typeof value !== 'function') return value
  if (value === null) return value
  if (typeof value === 'object' && isData(value)) return structuredClone(value)
  throw new TypeError(
    `The field ${field} cannot be part of a resource's state: keep plain data in fields, and handlers as methods`,
  )
}

/** Plain objects and what structuredClone keeps whole. Looks at no constructor: realms differ. */
function isData(value: object): boolean {
  if (Array.isArray(value) || types.isMap(value) || types.isSet(value) || types.isDate(value)) {
    return true
  }
  return isPlainObject(value)
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** The class of an instance: `constructor` is typed as any function. */
export function classOf<A extends object>(aggregate: A): new (id?: string) => A {
  return aggregate.constructor as new (
    id?: string,
  ) => A
}

/** Copies of aggregates are of their classes: `copyOf` has made them by these. */
export function sameKind<A>(_originals: A | undefined, copies: unknown): A {
  return copies as A
}
