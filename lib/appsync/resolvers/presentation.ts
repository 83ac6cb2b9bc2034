import type { AnyAggregate } from '../../event-sourcing/index.ts'

/** A word of a domain as a GraphQL enum value: `'sold-out'` becomes `'SOLD_OUT'`. */
export type EnumValue<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Uppercase<Head>}_${EnumValue<Tail>}`
  : Uppercase<S>

/**
 * A resource as the API shows it: its public fields, words of a union as enum values, and null in
 * place of undefined.
 */
export type Shown<A> = { readonly [K in keyof A as K extends string ? K : never]: ShownValue<A[K]> }

type ShownValue<T> = T extends undefined
  ? null
  : T extends string
    ? string extends T
      ? string
      : EnumValue<T>
    : T extends readonly (infer Item)[]
      ? readonly ShownValue<Item>[]
      : T

/** Which fields the API shows of a resource. Derived from the schema at synth. */
export interface Presentation {
  readonly fields: readonly string[]
  /** Those of `fields` whose type is an enum or a list of enums. */
  readonly enums: readonly string[]
}

const presentations = new WeakMap<object, Presentation>()

/** Sets how {@link show} shows the resources of a class. */
export function presentAs(resourceClass: object, presentation: Presentation): void {
  presentations.set(resourceClass, presentation)
}

/**
 * Returns a resource as the API shows it. For query functions of your own; `command` and the
 * built-in queries do it by themselves.
 * @throws Error outside of a function that the stack has made for the resource's domain
 */
export function show<A extends AnyAggregate>(resource: A): Shown<A>
export function show(resource: AnyAggregate): object {
  const presentation = presentations.get(resource.constructor)
  if (!presentation) {
    throw new Error(
      `${resource.constructor.name} has no type in the API of this function: add its resource to the domain in the stack`,
    )
  }
  const { fields, enums } = presentation
  return Object.fromEntries(
    fields.map((field) => {
      const value: unknown = Reflect.get(resource, field)
      return [field, enums.includes(field) ? enumValue(value) : (value ?? null)]
    }),
  )
}

function enumValue(word: unknown): unknown {
  if (Array.isArray(word)) return word.map(enumValue)
  return typeof word === 'string' ? word.replaceAll('-', '_').toUpperCase() : (word ?? null)
}
