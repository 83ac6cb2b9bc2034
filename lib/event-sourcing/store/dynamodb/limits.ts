import { types } from 'node:util'
import { unfitText } from '../../arguments.ts'
import { InvalidEvent } from '../../errors.ts'
import type { StoredEvent } from '../../event.ts'
import { isPlainObject } from '../../state/state.ts'
import { OWNER_KEY } from '../stored-event.ts'

// DynamoDB's limits: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
// A commit checks them before it writes, so that every store rejects the same events.

const MOST_ITEM_BYTES = 400 * 1024
const MOST_NAME_BYTES = 2 ** 16 - 1
const DEEPEST = 32
/** The size of the fingerprint, which is added to `meta` after this check. */
const FINGERPRINT_BYTES = 64
const MOST_STEPS = 100
const MOST_TRANSACTION_BYTES = 4 * 2 ** 20
const SMALLEST_NUMBER = 1e-130

/**
 * Checks a complete event in its stored form.
 * @throws InvalidEvent if DynamoDB cannot store the event and return it unchanged
 */
export function checkStorable(event: StoredEvent): void {
  const { id, type } = event
  const refuse = (attribute: string, why: string): never => {
    throw new InvalidEvent(`The event's ${attribute} ${why}`, { id, type, attribute })
  }
  for (const [attribute, value] of Object.entries(event)) {
    const unfit = unfitName(attribute) ?? unfitness(value)
    if (unfit) refuse(attribute, unfit)
  }
  checkSize(event)
}

/** @throws InvalidEvent if the event is too large for a DynamoDB item */
export function checkSize(event: StoredEvent): void {
  const { id, type, meta } = event
  const fingerprint = meta.fingerprint === undefined ? FINGERPRINT_BYTES : 0
  const index = meta.isNewOwner ? itemBytes({ [OWNER_KEY]: meta.owner }) : 0
  if (itemBytes(event) + fingerprint + index <= MOST_ITEM_BYTES) return
  const why = "The event's size exceeds 400 KB, the limit of a DynamoDB item"
  throw new InvalidEvent(why, { id, type, attribute: 'size' })
}

/**
 * Checks all events of one commit together.
 * @throws InvalidEvent if the events exceed the limits of one DynamoDB transaction
 */
export function checkTransaction(events: readonly StoredEvent[], guards: number): void {
  const [{ id, type } = { id: '', type: '' }] = events
  const steps = events.length + guards
  if (steps > MOST_STEPS) {
    throw new InvalidEvent(
      `A commit can have at most ${MOST_STEPS} events and unchanged resources together; got ${steps}`,
      { id, type, attribute: 'size' },
    )
  }
  const bytes = events.reduce((sum, event) => sum + itemBytes(event), 0)
  if (bytes > MOST_TRANSACTION_BYTES) {
    throw new InvalidEvent(
      `The events of a commit must be at most 4 MB together; got ${bytes} bytes`,
      {
        id,
        type,
        attribute: 'size',
      },
    )
  }
}

/** Returns why a store cannot hold a value and return it unchanged. Returns undefined if it can. */
function unfitness(value: unknown, depth = 1): string | undefined {
  if (depth > DEEPEST) return `is nested deeper than ${DEEPEST} levels, or contains itself`
  if (value === null || typeof value === 'boolean') return undefined
  if (typeof value === 'string') return unfitText(value)
  if (typeof value === 'number') return unfitNumber(value)
  if (!Array.isArray(value) && !isPlainObject(value)) {
    if (types.isDate(value)) return 'contains a Date: use a string, such as date.toISOString()'
    const what = typeof value === 'object' ? 'an object of a class' : typeof value
    return `contains ${what}: use strings, numbers, booleans, null, arrays and plain objects`
  }
  // An array's holes are also undefined.
  const parts: Iterable<[string | number, unknown]> = Array.isArray(value)
    ? value.entries()
    : Object.entries(value)
  for (const [name, part] of parts) {
    const unfit = (typeof name === 'string' && unfitName(name)) || unfitness(part, depth + 1)
    if (unfit) return unfit
  }
  return undefined
}

function unfitNumber(value: number): string | undefined {
  const size = Math.abs(value)
  if (!Number.isFinite(value)) return `contains ${value}, but DynamoDB stores only finite numbers`
  if (size > Number.MAX_SAFE_INTEGER)
    return `contains ${value}, which is beyond the safe integers of JavaScript`
  return size > 0 && size < SMALLEST_NUMBER
    ? `contains ${value}, which is too small: the limit is ${SMALLEST_NUMBER}`
    : undefined
}

function unfitName(name: string): string | undefined {
  if (name === '' || name === '__proto__')
    return `contains the name "${name}", which cannot be stored`
  if (Buffer.byteLength(name) > MOST_NAME_BYTES) return 'contains a name of more than 64 KB'
  return unfitText(name)
}

/**
 * Estimates the item size. The result is at least DynamoDB's own count, and close to it. Names and
 * strings count in UTF-8.
 */
function itemBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (typeof value === 'number') return numberBytes(value)
  if (typeof value !== 'object' || value === null) return 1
  if (Array.isArray(value)) return value.reduce((sum, part) => sum + itemBytes(part) + 1, 3)
  const parts = Object.entries(value)
  return parts.reduce((sum, [name, part]) => sum + Buffer.byteLength(name) + itemBytes(part) + 1, 3)
}

/**
 * Estimates the size of a number: one byte for each two digits, one because the pairs may be split
 * differently, one more byte, and one for a minus sign.
 */
function numberBytes(value: number): number {
  const digits = `${value}`.replace(/e.*|[-.]/g, '').replace(/^0+|0+$/g, '').length
  return Math.floor(digits / 2) + (value < 0 ? 3 : 2)
}
