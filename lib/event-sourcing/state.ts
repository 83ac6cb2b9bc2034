import { types } from 'node:util'

/** What the functions here need to know of an aggregate. */
export interface Stateful {
  readonly id: string
}

/** The date of the last applied event, kept beside the state: it is not the domain's. */
const lastCreated = new WeakMap<Stateful, string>()

export function lastCreatedOf(aggregate: Stateful): string | undefined {
  return lastCreated.get(aggregate)
}

export function setLastCreated(aggregate: Stateful, created: string): void {
  lastCreated.set(aggregate, created)
}

/**
 * A second instance with the same state and no shared object, so that whatever fails on it leaves
 * the first as it was. State is the instance's own public data fields.
 * @throws TypeError for a field that cannot be copied: a function, an object of a class
 */
export function copyOf<A extends Stateful>(aggregate: A): A {
  const copy: A = Reflect.construct(aggregate.constructor, [aggregate.id])
  move(aggregate, copy, plainCopy)
  return copy
}

/** Makes the target's state that of the source, which is not used any more. */
export function adopt<A extends Stateful>(target: A, source: A): void {
  move(source, target, (_, value) => value)
}

function move<A extends Stateful>(
  source: A,
  target: A,
  pass: (field: string, value: unknown) => unknown,
): void {
  for (const field of Object.keys(target)) {
    if (!(field in source)) Reflect.deleteProperty(target, field)
  }
  for (const [field, value] of Object.entries(source)) {
    Reflect.set(target, field, pass(field, value))
  }
  const created = lastCreated.get(source)
  if (created !== undefined) lastCreated.set(target, created)
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
