import { isObject, type Json, type JsonObject, objectAt } from '../json.ts'
import {
  attributeOf,
  type Environment,
  type Named,
  nameProperties,
  pseudoParameters,
} from './attributes.ts'
import { Intrinsics } from './intrinsics.ts'
import { Properties } from './properties.ts'
import { type Ignored, type Node, reachable } from './reachable.ts'
import { referencesIn } from './references.ts'
import { type Shape, UsedValues, used } from './shape.ts'
import { supportedProperties } from './supported-properties.ts'
import { type Place, TemplateError } from './template-error.ts'
import { withoutLocalMeaning } from './without-local-meaning.ts'

export type { Environment } from './attributes.ts'
export { withNestedStacks } from './nested-stacks.ts'
export type { Properties } from './properties.ts'
export type { Ignored } from './reachable.ts'
export { TemplateError } from './template-error.ts'

/** A resource of a supported type. */
export interface Resource {
  readonly logicalId: string
  readonly type: string
  /** Its physical name: the template's name for it, or the logical id. */
  readonly name: string
  /** Returns the attribute, as `Fn::GetAtt` does. */
  attribute(name: string): string
  /** Resolves the properties at each call, since references become resolvable during a start. */
  properties(): Properties
}

/**
 * The template of a stack. Every resource that the API reaches is supported or has no local meaning.
 */
export class Template {
  /** The resources that are not supported, and that nothing reachable from the API refers to. */
  readonly ignored: readonly Ignored[]
  readonly #raw: JsonObject
  readonly #environment: Environment
  readonly #intrinsics: Intrinsics

  /**
   * @throws TemplateError for a type or property that is not supported, of a resource that the API
   * reaches; AggregateError if there are several
   */
  constructor(raw: JsonObject, environment: Environment) {
    this.#raw = raw
    this.#environment = environment
    this.#intrinsics = new Intrinsics(raw, pseudoParameters(environment), (logicalId, attribute) =>
      this.#reference(logicalId, attribute),
    )
    this.ignored = []
    const nodes = this.#entries().map(([logicalId, resource]) => this.#node(logicalId, resource))
    const { problems, ignored } = reachable(nodes)
    this.ignored = ignored
    if (problems.length === 1 && problems[0]) throw problems[0]
    if (problems.length > 1)
      throw new AggregateError(problems, problems.map(({ message }) => message).join('\n'))
  }

  /** Returns the resources of the types, in the order of the template. */
  resources(...types: string[]): Resource[] {
    return this.#entries()
      .filter(([, { Type }]) => types.includes(`${Type}`))
      .map(([logicalId, raw]) => this.#resource(logicalId, raw))
  }

  #entries(): [string, JsonObject][] {
    return Object.entries(objectAt(this.#raw, 'Resources')).flatMap(([logicalId, resource]) => {
      if (!isObject(resource)) return []
      const { Condition } = resource
      const exists =
        Condition === undefined || this.#intrinsics.holds(`${Condition}`, { logicalId })
      const isIgnored = this.ignored.some((ignored) => ignored.logicalId === logicalId)
      return exists && !isIgnored ? [[logicalId, resource]] : []
    })
  }

  #node(logicalId: string, raw: JsonObject): Node {
    const type = `${raw.Type}`
    const shape = supportedProperties[type]
    const properties = objectAt(raw, 'Properties')
    const hasMeaning = !(type in withoutLocalMeaning)
    const used = shape ? onlyUsed(properties, shape) : properties
    return {
      logicalId,
      type,
      isSupportedType: shape !== undefined,
      problems: unsupported(logicalId, raw, (value, place) =>
        this.#intrinsics.resolve(value, place),
      ),
      references: hasMeaning
        ? referencesIn(used, (condition) => this.#intrinsics.holds(condition, { logicalId, type }))
        : [],
    }
  }

  #resource(logicalId: string, raw: JsonObject): Resource {
    const named = this.#named(logicalId, raw)
    const { type, name } = named
    return {
      logicalId,
      type,
      name,
      attribute: (attribute) => {
        const value = attributeOf(named, attribute, this.#environment)
        if (value !== undefined) return value
        throw new TemplateError(
          { logicalId, type },
          `the attribute ${attribute} is not supported locally`,
        )
      },
      properties: () => {
        const meant = onlyUsed(objectAt(raw, 'Properties'), supportedProperties[type] ?? {})
        const place = { logicalId, type }
        const resolved = this.#intrinsics.resolve(meant, place)
        return new Properties(place, isObject(resolved) ? resolved : {})
      },
    }
  }

  #named(logicalId: string, raw: JsonObject): Named {
    const type = `${raw.Type}`
    const property = nameProperties[type]
    const given = property === undefined ? undefined : objectAt(raw, 'Properties')[property]
    const name =
      given === undefined ? undefined : this.#intrinsics.resolve(given, { logicalId, type })
    return { logicalId, type, name: name === undefined ? logicalId : `${name}` }
  }

  #reference(logicalId: string, attribute: string | undefined): string | undefined {
    const raw = objectAt(this.#raw, 'Resources')[logicalId]
    if (!isObject(raw)) return undefined
    return attributeOf(this.#named(logicalId, raw), attribute, this.#environment)
  }
}

const NOT_SUPPORTED =
  'is not supported locally: leave it out of the stack if LOCAL_RUN is set in process.env'

type Resolve = (value: Json, place: Place) => Json | undefined

function unsupported(logicalId: string, resource: JsonObject, resolve: Resolve): TemplateError[] {
  const type = `${resource.Type}`
  if (type in withoutLocalMeaning) return []
  const shape = supportedProperties[type]
  if (!shape) return [new TemplateError({ logicalId, type }, `this type ${NOT_SUPPORTED}`)]
  return unsupportedIn(objectAt(resource, 'Properties'), shape, { logicalId, type }, resolve)
}

function unsupportedIn(
  values: JsonObject,
  shape: Shape,
  place: Place,
  resolve: Resolve,
): TemplateError[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const here = { ...place, property: place.property ? `${place.property}.${name}` : name }
    const support = shape[name]
    if (support === undefined) return [new TemplateError(here, `it ${NOT_SUPPORTED}`)]
    if (support instanceof UsedValues) return unsupportedValue(value, support, here, resolve)
    if (typeof support !== 'object') return []
    return objectsIn(value).flatMap((inner) => unsupportedIn(inner, support, here, resolve))
  })
}

function unsupportedValue(
  value: Json,
  { pattern, names }: UsedValues,
  place: Place,
  resolve: Resolve,
): TemplateError[] {
  try {
    const resolved = resolve(value, place)
    return resolved === undefined || pattern.test(`${resolved}`)
      ? []
      : [new TemplateError(place, `${resolved} is not supported locally: use ${names}`)]
  } catch (error) {
    if (error instanceof TemplateError) return [error]
    throw error
  }
}

/**
 * Returns the used properties. References in properties without local meaning may be unresolvable.
 */
function onlyUsed(values: JsonObject, shape: Shape): JsonObject {
  const kept: Record<string, Json> = {}
  for (const [name, value] of Object.entries(values)) {
    const support = shape[name]
    if (support === used || support instanceof UsedValues) kept[name] = value
    else if (typeof support === 'object') {
      const prune = (inner: Json) => (isObject(inner) ? onlyUsed(inner, support) : inner)
      kept[name] = Array.isArray(value) ? value.map(prune) : prune(value)
    }
  }
  return kept
}

function objectsIn(value: Json): JsonObject[] {
  const values: readonly Json[] = Array.isArray(value) ? value : [value]
  return values.filter((value) => isObject(value))
}
