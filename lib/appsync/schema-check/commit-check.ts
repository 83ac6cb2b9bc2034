import { inspect } from 'node:util'
import {
  type CommitCheck,
  InvalidEvent,
  InvalidState,
  type StoredEvent,
} from '../../event-sourcing/index.ts'
import { type Presentation, shownValue } from '../resolvers/presentation.ts'
import { type FieldTypes, type Misfit, type NamedTypes, TypesCheck } from './types-check.ts'

/** The types of a resource and its events in the API's schema. Synth derives them. */
export interface SchemaTypes extends NamedTypes {
  /** The fields of `type Product`. */
  readonly resource: FieldTypes
  /** The domain's attributes in `type ProductEvent`. Empty without a feed. */
  readonly event: FieldTypes
}

/**
 * Returns a check that the new events and the new state of a resource fit the API's schema. Without
 * it, AppSync would answer with an error after the event was stored, and could not show the resource
 * any more. A resource that did not fit before can only get events after which it fits.
 * @param name the resource's type, such as `Product`
 */
export function commitCheck(
  name: string,
  presentation: Presentation,
  types: SchemaTypes,
): CommitCheck {
  const attributes = checksOf(types.event, types)
  const misfitOf = stateMisfit(presentation, types)
  return ({ id, events, after }) => {
    for (const event of events) {
      for (const { field, check } of attributes) {
        const misfit = check(event[field], field)
        if (misfit) throw invalidEvent(name, event, misfit)
      }
    }
    const misfit = misfitOf(after)
    if (misfit) throw invalidState(name, id, misfit)
  }
}

/** Throws InvalidState if the API cannot show a resource, or a row of a view. */
export type ShowCheck = (resource: object) => void

/**
 * Returns a check that a stored resource or row fits the API's schema. In a list, one that does not fit
 * would make the whole page null.
 * @param name the resource's type, such as `Product`
 */
export function showCheck(name: string, presentation: Presentation, types: SchemaTypes): ShowCheck {
  const misfitOf = stateMisfit(presentation, types)
  return (resource) => {
    const misfit = misfitOf(resource)
    if (!misfit) return
    const { path: field, value, type } = misfit
    const id: unknown = Reflect.get(resource, 'id')
    // The caller may not have the right to see the field, so only the cause has the value.
    throw new InvalidState(
      `The API cannot show the ${id === undefined ? 'row' : 'resource'}, because ${name}.${field} is not ${type} as in the schema`,
      { ...(id !== undefined && { id }), field },
      { cause: new TypeError(`${name}.${field} is ${shown(value)}`) },
    )
  }
}

function stateMisfit(presentation: Presentation, types: SchemaTypes) {
  const fields = checksOf(types.resource, types)
  return (resource: object): Misfit | undefined => {
    for (const { field, check } of fields) {
      const misfit = check(shownValue(presentation, resource, field), field)
      if (misfit) return misfit
    }
    return undefined
  }
}

function checksOf(fields: FieldTypes, types: NamedTypes) {
  const compiled = new TypesCheck(types)
  return Object.entries(fields).map(([field, type]) => ({ field, check: compiled.of(type) }))
}

function invalidEvent(name: string, { id, type }: StoredEvent, misfit: Misfit): InvalidEvent {
  const { path: attribute, value } = misfit
  const message = `${type}.${attribute} ${mustBe(misfit)} in type ${name}Event of the schema`
  return new InvalidEvent(message, { id, type, attribute, value: plain(value) })
}

function invalidState(name: string, id: string, misfit: Misfit): InvalidState {
  const { path: field, value, type } = misfit
  const message = `The command would make ${name}.${field} ${shown(value)}, but the type in the schema is ${type}`
  return new InvalidState(message, { id, field, value: plain(value) })
}

function mustBe({ type, value }: Misfit): string {
  return value === null ? `must not be null: it is ${type}` : `must be ${type}; got ${shown(value)}`
}

function shown(value: unknown): string {
  return inspect(value, { depth: 1, maxStringLength: 100, breakLength: Number.POSITIVE_INFINITY })
}

/** Returns a value that JSON keeps: error data are sent to the client. */
function plain(value: unknown): unknown {
  const isPlain = ['string', 'boolean'].includes(typeof value) || Number.isFinite(value)
  return value === null || isPlain ? value : shown(value)
}
