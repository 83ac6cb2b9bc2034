import { isPlainObject } from '../state/state.ts'
import { InvalidView } from './places.ts'

/** DynamoDB's limit for an item, less the keys. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MOST_BYTES = 390_000

/**
 * Returns the fields of an object that a view stores.
 * @throws InvalidView for a field that JSON does not have, or too many bytes
 */
export function storable(about: string, fields: unknown): Record<string, unknown> {
  if (!isPlainObject(fields)) throw invalid(`${about} must be an object`, fields)
  const plain: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue
    if (!isJson(value)) {
      throw invalid(
        `${about} can contain texts, finite numbers, true, false, null, lists and objects; ${name} is something else`,
        value,
      )
    }
    plain[name] = value
  }
  const bytes = Buffer.byteLength(JSON.stringify(plain))
  if (bytes > MOST_BYTES)
    throw invalid(`${about} can have at most ${MOST_BYTES} bytes; got ${bytes}`, bytes)
  return plain
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isJson)
  if (!isPlainObject(value)) return false
  return Object.values(value).every((item) => item === undefined || isJson(item))
}

function invalid(message: string, value: unknown): InvalidView {
  return new InvalidView(message, { value })
}
