import { type ErrorData, EventRejected, InvalidEvent, isEventSourcingError } from '../errors.ts'
import { type Event, type EventMeta, RESERVED_ATTRIBUTES, type StoredEvent } from '../event.ts'
import { describeThrown } from '../runtime/thrown.ts'
import { accordingToSchema } from '../state/schemas.ts'
import { isPlainObject } from '../state/state.ts'
import { checkStorable } from '../store/dynamodb/limits.ts'
import { OWNER_KEY } from '../store/stored-event.ts'
import { checkNotAhead, type EventDates, eventDate } from './event-date.ts'

/** The context in which a command proposes an event. */
export interface EventContext extends EventDates {
  readonly id: string
  readonly version: number
  /** One instant for all events of a commit, because readers see all of them or none. */
  readonly now: string
}

/**
 * Adds the missing attributes to a proposed event.
 * @throws InvalidEvent
 */
export function completeEvent(
  aggregateClass: object,
  proposal: unknown,
  context: EventContext,
  meta: EventMeta,
): StoredEvent {
  const { id, version } = context
  checkProposal(id, proposal)
  const { number = version + 1, ...attributes } = accordingToSchema(aggregateClass, id, proposal)
  const { type = '', created } = attributes
  checkNotAhead(created, context, { id, type })
  const event: StoredEvent = {
    ...attributes,
    id,
    number,
    type,
    created: eventDate(created, context),
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
  const { name, message } = describeThrown(error)
  if (isOther || BUGS.includes(name)) return error
  return new EventRejected(message, { id, version }, { cause: error })
}

/** Returns one event, several events or undefined as a list. */
export function listOf(proposal: unknown): readonly unknown[] {
  if (Array.isArray(proposal)) return proposal
  return proposal === undefined ? [] : [proposal]
}

/**
 * Refuses the promise of an asynchronous decision: while it waits, its state becomes outdated.
 * @throws InvalidEvent
 */
export function checkSynchronous(decided: unknown, data: ErrorData = {}): void {
  if (!(decided instanceof Promise)) return
  // The error below replaces the promise's own.
  decided.catch(() => {})
  throw new InvalidEvent(
    'The decision returned a promise, but it must return its events: do the asynchronous work before the commit',
    data,
  )
}

/**
 * Checks an event that a command proposes, before anything is written.
 * @throws InvalidEvent
 */
function checkProposal(id: string, event: unknown): asserts event is Partial<Event> {
  const refuse = (attribute: string, why: string): never => {
    const type = isPlainObject(event) ? event.type : undefined
    throw new InvalidEvent(`The event's ${attribute} ${why}`, { id, type, attribute })
  }
  if (!isPlainObject(event)) {
    checkSynchronous(event, { id })
    throw new InvalidEvent(
      `An event must be an object with a type and attributes; got ${kindOf(event)}`,
      { id },
    )
  }
  const { number, type, created } = event
  if (typeof type !== 'string' || type === '')
    refuse('type', `must be a non-empty string; got ${kindOf(type)}`)
  if (number !== undefined && !(Number.isSafeInteger(number) && Number(number) > 0)) {
    refuse('number', `must be a whole number from 1 on; got ${number}`)
  }
  if (created !== undefined && !isInstant(created)) {
    refuse('created', `must be an instant in UTC like 2030-01-31T12:00:00.000Z; got ${created}`)
  }
  for (const attribute of [...RESERVED_ATTRIBUTES, OWNER_KEY]) {
    const isOurs = !['number', 'type', 'created'].includes(attribute)
    if (isOurs && attribute in event) refuse(attribute, 'is a reserved name: choose another name')
  }
}

/** Returns words for a value, for error messages. */
export function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null
    ? `an instance of ${value.constructor.name}`
    : String(value)
}

function isInstant(value: unknown): boolean {
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/
  if (typeof value !== 'string' || !form.test(value) || Number.isNaN(Date.parse(value)))
    return false
  return new Date(value).toISOString().startsWith(value.slice(0, 10))
}
