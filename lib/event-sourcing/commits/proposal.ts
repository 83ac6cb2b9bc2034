import { EventRejected, isEventSourcingError } from '../errors.ts'
import type { EventMeta, StoredEvent } from '../event.ts'
import { accordingToSchema } from '../state/schemas.ts'
import { checkStorable } from '../store/dynamodb/limits.ts'
import { checkProposal } from './validation.ts'

/** The context in which a command proposes an event. */
export interface Ground {
  readonly id: string
  readonly version: number
  /** The date of the event at `version`; undefined before the first event. */
  readonly lastCreated: string | undefined
  /** One instant for all events of a commit, because readers see all of them or none. */
  readonly now: string
}

/**
 * Adds the missing attributes to a proposed event. An event is never dated before the previous
 * event, even if the clocks of two writers differ.
 * @throws InvalidEvent
 */
export function completeEvent(
  aggregateClass: object,
  proposal: unknown,
  ground: Ground,
  meta: EventMeta,
): StoredEvent {
  const { id, version, lastCreated, now } = ground
  checkProposal(id, proposal)
  const { number = version + 1, ...attributes } = accordingToSchema(aggregateClass, id, proposal)
  const { type = '', created = now } = attributes
  const isEarlier = lastCreated !== undefined && Date.parse(created) < Date.parse(lastCreated)
  const event: StoredEvent = {
    ...attributes,
    id,
    number,
    type,
    created: isEarlier ? lastCreated : created,
    meta,
  }
  checkStorable(event)
  return structuredClone(event)
}

/** Returns the type and the domain attributes of an event, without id, number, date and `meta`. */
export function contentOf(event: StoredEvent): Record<string, unknown> {
  const { id: _id, number: _number, created: _created, meta: _meta, ...content } = event
  return content
}

const BUGS = [
  'TypeError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'EvalError',
  'URIError',
  'DataCloneError',
]

/**
 * Converts an error of a rule or handler for the caller. A plain Error is a rejection by a rule. A
 * TypeError or a similar error is a bug and stays unchanged.
 */
export function asRejection(
  error: unknown,
  about: { readonly id: string; readonly version: number } | undefined,
): unknown {
  const { id, version } = about ?? {}
  if (error instanceof EventRejected) {
    error.data = { id, version, ...error.data }
    return error
  }
  const isOther = isEventSourcingError(error) || !(error instanceof Error)
  if (isOther || BUGS.includes(error.name)) return error
  return new EventRejected(error.message, { id, version }, { cause: error })
}

/** Returns one event, several events or undefined as a list. */
export function listOf(proposal: unknown): readonly unknown[] {
  if (Array.isArray(proposal)) return proposal
  return proposal === undefined ? [] : [proposal]
}
