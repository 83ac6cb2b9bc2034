import { InvalidArgument, InvalidEvent } from '../errors.ts'
import { type Event, RESERVED_ATTRIBUTES } from '../event.ts'
import { unfitText } from '../ids.ts'
import { isPlainObject } from '../state/state.ts'

const MOST_COMMAND_ID = 128

/** @throws InvalidArgument unless the value is a whole number from `least` to `most` */
export function checkWhole(
  argument: string,
  value: number,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`
  throw new InvalidArgument(`${argument} must be a whole number ${range}; got ${value}`, {
    argument,
    value,
  })
}

/**
 * Checks an event that a command proposes, before anything is written.
 * @throws InvalidEvent
 */
export function checkProposal(id: string, event: unknown): asserts event is Partial<Event> {
  const refuse = (attribute: string, why: string): never => {
    const type = isPlainObject(event) ? event.type : undefined
    throw new InvalidEvent(`The event's ${attribute} ${why}`, { id, type, attribute })
  }
  if (!isPlainObject(event)) {
    throw new InvalidEvent('An event must be an object with a type and attributes', { id })
  }
  const { number, type, created } = event
  if (typeof type !== 'string' || type === '') refuse('type', 'must be a non-empty string')
  if (number !== undefined && !(Number.isSafeInteger(number) && Number(number) > 0)) {
    refuse('number', `must be a whole number from 1 on; got ${number}`)
  }
  if (created !== undefined && !isInstant(created)) {
    refuse('created', `must be an instant in UTC like 2030-01-31T12:00:00.000Z; got ${created}`)
  }
  for (const attribute of RESERVED_ATTRIBUTES) {
    const isOurs = attribute === 'id' || attribute === 'meta'
    if (isOurs && attribute in event) refuse(attribute, 'is a reserved name: choose another name')
  }
}

function isInstant(value: unknown): boolean {
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/
  if (typeof value !== 'string' || !form.test(value) || Number.isNaN(Date.parse(value)))
    return false
  return new Date(value).toISOString().startsWith(value.slice(0, 10))
}

/** Whether a calendar day exists. `Date.parse` reads 31 February as 3 March. */
export function isDay(day: string): boolean {
  const date = new Date(day)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

/** @throws InvalidArgument if the value cannot be a commandId */
export function checkCommandId(value: string): void {
  const refuse = (why: string): never => {
    const message = `commandId must be a string of 1 to ${MOST_COMMAND_ID} characters; got ${why}`
    throw new InvalidArgument(message, { argument: 'commandId', value })
  }
  if (typeof value !== 'string') refuse(`a value of type ${typeof value}`)
  if (value === '' || value.length > MOST_COMMAND_ID) refuse(`${value.length} characters`)
  const unfit = unfitText(value)
  if (unfit) refuse(`one that ${unfit}`)
}
