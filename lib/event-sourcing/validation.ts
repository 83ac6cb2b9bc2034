import { InvalidArgument, InvalidEvent, InvalidId } from './errors.ts'
import { type Event, RESERVED_ATTRIBUTES } from './event.ts'
import { isPlainObject } from './state.ts'

/** DynamoDB's limits: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MOST_KEY_BYTES = 2048
const MOST_ITEM_BYTES = 400 * 1024
const DEEPEST = 32

/** @throws InvalidId for what cannot be a partition key */
export function checkId(id: string): void {
  if (typeof id === 'string' && id !== '' && Buffer.byteLength(id) <= MOST_KEY_BYTES) return
  throw new InvalidId(`An id is a string of 1 to ${MOST_KEY_BYTES} bytes`, { id })
}

/** @throws InvalidArgument unless the value is a whole number from `least` to `most` */
export function checkWhole(
  argument: string,
  value: number,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`
  throw new InvalidArgument(`${argument} is a whole number ${range}, not ${value}`, {
    argument,
    value,
  })
}

/**
 * Looks at an event as a command proposes it, before anything is written.
 * @throws InvalidEvent
 */
export function checkProposal(id: string, event: unknown): asserts event is Partial<Event> {
  const refuse = (attribute: string, why: string): never => {
    const type = isPlainObject(event) ? event.type : undefined
    throw new InvalidEvent(`The event's ${attribute} ${why}`, { id, type, attribute })
  }
  if (!isPlainObject(event)) {
    throw new InvalidEvent('An event is an object with a type and its attributes', { id })
  }
  const { number, type, created } = event
  if (typeof type !== 'string' || type === '') refuse('type', 'is a string that is not empty')
  if (number !== undefined && !(Number.isSafeInteger(number) && Number(number) > 0)) {
    refuse('number', `is a whole number from 1 on, not ${number}`)
  }
  if (created !== undefined && !isInstant(created)) {
    refuse('created', `is an instant in UTC like 2030-01-31T12:00:00.000Z, not ${created}`)
  }
  for (const attribute of RESERVED_ATTRIBUTES) {
    const isOurs = attribute === 'id' || attribute === 'meta'
    if (isOurs && attribute in event) refuse(attribute, 'is a reserved name: choose another one')
  }
  for (const [attribute, value] of Object.entries(event)) {
    const isLeft = value === undefined && (attribute === 'number' || attribute === 'created')
    const unfit = isLeft ? undefined : unfitness(value)
    if (unfit) refuse(attribute, unfit)
  }
  if (itemBytes(event) > MOST_ITEM_BYTES - 1024) {
    refuse('size', 'is over the 400 KB that DynamoDB holds in an item')
  }
}

function isInstant(value: unknown): boolean {
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/
  return typeof value === 'string' && form.test(value) && !Number.isNaN(Date.parse(value))
}

/** Why a store cannot hold a value and give back the same; undefined where it can. */
function unfitness(value: unknown, depth = 1): string | undefined {
  if (depth > DEEPEST) return `is nested deeper than ${DEEPEST} levels, or holds itself`
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : `holds ${value}, which is no number to store`
  }
  if (!Array.isArray(value) && !isPlainObject(value)) {
    const what = typeof value === 'object' ? 'an object of a class' : typeof value
    return `holds ${what}: events hold strings, numbers, booleans, null, arrays and plain objects`
  }
  for (const part of Object.values(value)) {
    const unfit = unfitness(part, depth + 1)
    if (unfit) return unfit
  }
  return undefined
}

/** At least as large as DynamoDB's own count: names and strings in UTF-8, 21 bytes a number. */
function itemBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 1
  if (typeof value === 'number') return 21
  if (typeof value !== 'object' || value === null) return 1
  const parts = Object.entries(value)
  return parts.reduce((sum, [name, part]) => sum + Buffer.byteLength(name) + itemBytes(part) + 1, 3)
}
