import { EventRejected, isEventSourcingError } from './errors.ts'
import type { EventMeta, StoredEvent } from './event.ts'
import { checkProposal } from './validation.ts'

/** What a command proposes an event on. */
export interface Ground {
  readonly id: string
  readonly version: number
  /** The date of the event at `version`; undefined before the first. */
  readonly lastCreated: string | undefined
}

/**
 * Gives a proposed event what it was left without. An event never gets an earlier date than the
 * one before it, whatever the clocks of two writers say.
 * @throws InvalidEvent
 */
export function completeEvent(proposal: unknown, ground: Ground, meta: EventMeta): StoredEvent {
  checkProposal(ground.id, proposal)
  const { number = ground.version + 1, type = '', created = new Date().toISOString() } = proposal
  const { lastCreated } = ground
  const isEarlier = lastCreated !== undefined && Date.parse(created) < Date.parse(lastCreated)
  return {
    ...structuredClone(proposal),
    id: ground.id,
    number,
    type,
    created: isEarlier ? lastCreated : created,
    meta,
  }
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
export function asRejection(error: unknown, { id, version }: Ground): unknown {
  if (error instanceof EventRejected) {
    error.data = { id, version, ...error.data }
    return error
  }
  const isOther = isEventSourcingError(error) || !(error instanceof Error)
  if (isOther || BUGS.includes(error.name)) return error
  return new EventRejected(error.message, { id, version }, { cause: error })
}
