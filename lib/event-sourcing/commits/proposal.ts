import { EventRejected, isEventSourcingError } from '../errors.ts'
import type { EventMeta, StoredEvent } from '../event.ts'
import { accordingToSchema } from '../state/schemas.ts'
import { checkProposal, checkStorable } from './validation.ts'

/** What a command proposes an event on. */
export interface Ground {
  readonly id: string
  readonly version: number
  /** The date of the event at `version`; undefined before the first. */
  readonly lastCreated: string | undefined
  /** One instant for all events of a commit: nobody ever sees some of them without the others. */
  readonly now: string
}

/**
 * Gives a proposed event what it was left without. An event never gets an earlier date than the
 * one before it, whatever the clocks of two writers say.
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

/** What an event says, without what its place and its command make of it. */
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
 * What a caller sees of an error that a rule or a handler threw: a plain Error is a rule that
 * refuses, a TypeError and its like are bugs and stay what they are.
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

/** One event, several or none, as a list. */
export function listOf(proposal: unknown): readonly unknown[] {
  if (Array.isArray(proposal)) return proposal
  return proposal === undefined ? [] : [proposal]
}
