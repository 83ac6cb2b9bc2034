import { InvalidEvent } from '../errors.ts'
import type { Event } from '../event.ts'
import { Misuse } from '../runtime/composed-errors.ts'
import { isPlainObject } from './state.ts'

/**
 * A schema of any library that follows Standard Schema 1 (Zod, Valibot, ArkType and others):
 * https://standardschema.dev
 */
export interface StandardSchema {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult | Promise<SchemaResult>
  }
}

export type SchemaResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/**
 * Schemas by event type. A commit validates the attributes of each new event, except the reserved
 * ones. Stored events are not validated again. Without a schema, an event can have any attributes
 * that a store can hold.
 *
 *     class Product extends Aggregate<ProductEvent> {
 *       static override readonly schemas: EventSchemas<ProductEvent> = {
 *         ProductRestocked: z.object({ amount: z.int().positive() }),
 *       }
 */
export type EventSchemas<E extends Event> = { readonly [T in E['type']]?: StandardSchema }

/**
 * Returns a proposed event in the form that its schema returns, with defaults and conversions.
 * @throws InvalidEvent for invalid attributes, and for unknown attributes, which many libraries
 * silently drop; TypeError if the schema itself is unusable
 */
export function accordingToSchema(
  aggregateClass: object,
  id: string,
  event: Partial<Event>,
): Partial<Event> {
  const schemas: unknown = Reflect.get(aggregateClass, 'schemas')
  const { number, type = '', created, ...attributes } = event
  const schema = isPlainObject(schemas) && Object.hasOwn(schemas, type) ? schemas[type] : undefined
  if (schema === undefined) return event
  if (!isStandardSchema(schema)) {
    throw new Misuse(
      `The schema of ${type} does not implement Standard Schema 1: use a library that does, such as Zod`,
    )
  }
  const result = schema['~standard'].validate(attributes)
  if (result instanceof Promise || 'then' in result) {
    throw new Misuse(`The schema of ${type} is asynchronous, but a commit needs a synchronous one`)
  }
  const refuse = (attribute: string, why: string): never => {
    throw new InvalidEvent(`${type}: ${why}`, { id, type, attribute })
  }
  if (result.issues) {
    const [issue] = result.issues
    const path = (issue?.path ?? []).map(keyOf)
    return refuse(path[0] ?? '', `${path.join('.')} ${issue?.message ?? 'is invalid'}`)
  }
  const { value } = result
  if (!isPlainObject(value)) throw new Misuse(`The schema of ${type} must return a plain object`)
  const stray = strayIn(attributes, value)
  if (stray) return refuse(stray[0] ?? '', `${stray.join('.')} is not in its schema`)
  return {
    ...value,
    type,
    ...(number !== undefined && { number }),
    ...(created !== undefined && { created }),
  }
}

/** Returns the path to an attribute that the schema dropped, at any depth. */
function strayIn(given: unknown, kept: unknown): readonly string[] | undefined {
  if (given === kept) return undefined
  if (Array.isArray(given) && Array.isArray(kept)) {
    // A different length means that the schema converted the list.
    return given.length === kept.length ? strayPart(given, kept) : undefined
  }
  return isPlainObject(given) && isPlainObject(kept) ? strayPart(given, kept) : undefined
}

function strayPart(given: object, kept: object): readonly string[] | undefined {
  for (const [name, part] of Object.entries(given)) {
    if (!Object.hasOwn(kept, name)) return [name]
    const inner = strayIn(part, Reflect.get(kept, name))
    if (inner) return [name, ...inner]
  }
  return undefined
}

function isStandardSchema(value: unknown): value is StandardSchema {
  // Accepts functions, because ArkType's schemas are callable.
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const standard: unknown = Reflect.get(value, '~standard')
  return typeof standard === 'object' && standard !== null && 'validate' in standard
}

function keyOf(segment: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof segment === 'object' ? segment.key : segment)
}
