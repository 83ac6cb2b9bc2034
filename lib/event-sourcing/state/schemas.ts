import { InvalidEvent } from '../errors.ts'
import type { Event } from '../event.ts'
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
 * By type of event: what its attributes, all but the reserved ones, have to be at commit. Stored
 * events are not looked at again. A type without a schema takes whatever a store can hold.
 *
 *     class Product extends Aggregate<ProductEvent> {
 *       static override readonly schemas: EventSchemas<ProductEvent> = {
 *         ProductRestocked: z.object({ amount: z.int().positive() }),
 *       }
 */
export type EventSchemas<E extends Event> = { readonly [T in E['type']]?: StandardSchema }

/**
 * A proposed event as its schema has it, with defaults and conversions.
 * @throws InvalidEvent for wrong attributes, and for stray ones, which many libraries just drop
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
    throw new TypeError(`The schema of ${type} does not follow Standard Schema 1`)
  }
  const result = schema['~standard'].validate(attributes)
  if (result instanceof Promise || 'then' in result) {
    throw new TypeError(
      `The schema of ${type} has to be waited for: a commit needs one that is not`,
    )
  }
  const refuse = (attribute: string, why: string): never => {
    throw new InvalidEvent(`${type}: ${why}`, { id, type, attribute })
  }
  if (result.issues) {
    const [issue] = result.issues
    const path = (issue?.path ?? []).map(keyOf)
    return refuse(path[0] ?? '', `${path.join('.')} ${issue?.message ?? 'is not as it should be'}`)
  }
  const { value } = result
  if (!isPlainObject(value)) throw new TypeError(`The schema of ${type} gives no plain object`)
  const stray = strayIn(attributes, value)
  if (stray) return refuse(stray[0] ?? '', `${stray.join('.')} is not an attribute of it`)
  return {
    ...value,
    type,
    ...(number !== undefined && { number }),
    ...(created !== undefined && { created }),
  }
}

/** The path to an attribute that a schema has dropped, at whatever depth. */
function strayIn(given: unknown, kept: unknown): readonly string[] | undefined {
  if (given === kept) return undefined
  if (Array.isArray(given) && Array.isArray(kept)) {
    // Another length is a conversion.
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
  // A function too: ArkType's schemas are callable.
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const standard: unknown = Reflect.get(value, '~standard')
  return typeof standard === 'object' && standard !== null && 'validate' in standard
}

function keyOf(segment: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof segment === 'object' ? segment.key : segment)
}
