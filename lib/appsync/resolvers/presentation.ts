import { Misuse, type Resource } from '../../event-sourcing/index.ts'

/** A union member of a domain as a GraphQL enum value: `'sold-out'` becomes `'SOLD_OUT'`. */
export type EnumValue<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Uppercase<Head>}_${EnumValue<Tail>}`
  : Uppercase<S>

/**
 * A resource in its API form: its public fields, with union members as enum values and null instead
 * of undefined.
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

/** The fields of a resource that the API shows. Synth derives them from the schema. */
export interface Presentation {
  readonly fields: readonly string[]
  /** The `fields` whose type is an enum or a list of enums. */
  readonly enums: readonly string[]
}

const presentations = new WeakMap<object, Presentation>()

/** Sets the form in which {@link show} returns the resources of a class. */
export function presentAs(resourceClass: object, presentation: Presentation): void {
  presentations.set(resourceClass, presentation)
}

/**
 * Returns a resource in its API form. Use it in your own query functions; `command` and the
 * built-in queries call it themselves.
 * @throws Error outside of a function that the stack created for the resource's domain
 */
export function show<A extends Resource>(resource: A): Shown<A>
export function show(resource: Resource): object {
  const presentation = presentations.get(resource.constructor)
  if (!presentation) {
    throw new Misuse(
      `${resource.constructor.name} has no type in the API of this function: add its resource to the domain in the stack`,
    )
  }
  const { fields } = presentation
  return Object.fromEntries(
    fields.map((field) => [field, shownValue(presentation, resource, field)]),
  )
}

/** Returns a field of a resource in its API form. */
export function shownValue({ enums }: Presentation, resource: object, field: string): unknown {
  const value: unknown = Reflect.get(resource, field)
  return enums.includes(field) ? enumValues(value) : (value ?? null)
}

function enumValues(words: unknown): unknown {
  if (Array.isArray(words)) return words.map(enumValues)
  return typeof words === 'string' ? enumValue(words) : (words ?? null)
}

/** Returns a word of a state as an enum value: `'sold-out'` becomes `'SOLD_OUT'`. */
export function enumValue(word: string): string {
  return word.replaceAll('-', '_').toUpperCase()
}
