import { types } from 'node:util'
import { Misuse } from '../runtime/composed-errors.ts'

/** The part of an aggregate that the functions in this file use. */
export interface Stateful {
  readonly id: string
}

/**
 * Returns a second instance with the same state and no shared object. A failure on the copy leaves
 * the original unchanged. The state is the instance's own public data fields.
 * @throws TypeError for a field that cannot be copied: a function, an instance of a class
 */
export function copyOf<A extends Stateful>(aggregate: A): A {
  const copy: A = Reflect.construct(aggregate.constructor, [aggregate.id])
  copyStateInto(copy, aggregate)
  return copy
}

/** Replaces the target's state by a copy of the source's. */
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
  throw new Misuse(
    `The field ${field} cannot be part of a resource's state: keep plain data in fields, and handlers as methods`,
  )
}

/** Accepts values that structuredClone copies fully. Ignores constructors: realms differ. */
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

/** Returns the class of an instance. TypeScript types `constructor` as any function. */
export function classOf<A extends object>(aggregate: A): new (id?: string) => A {
  return aggregate.constructor as new (
    id?: string,
  ) => A
}

/** Gives copies the type of their originals: `copyOf` makes them with the same classes. */
export function sameKind<A>(_originals: A | undefined, copies: unknown): A {
  return copies as A
}
