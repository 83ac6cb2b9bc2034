import { validate } from 'uuid'
import { InvalidId } from './errors.ts'

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MOST_KEY_BYTES = 2048

/** Whether a value can be a partition key, and reads back unchanged. */
export function isId(id: unknown): id is string {
  if (typeof id !== 'string' || id === '') return false
  return Buffer.byteLength(id) <= MOST_KEY_BYTES && unfitText(id) === undefined
}

/** @throws InvalidId if the value cannot be a partition key */
export function checkId(id: string): void {
  if (isId(id)) return
  throw new InvalidId(`An id is a string of 1 to ${MOST_KEY_BYTES} bytes in UTF-8`, { id })
}

/**
 * Returns a client's UUID in its stored form: lowercase. Some clients write capitals, and the store
 * compares ids letter by letter.
 * @throws InvalidId unless the id is a UUID
 */
export function uuid(id: string): string {
  if (validate(id)) return id.toLowerCase()
  throw new InvalidId('An id is a UUID, like 2f1d6c1e-7c1b-4c0a-9d53-0f6a1f3f4b1a', { id })
}

export function unfitText(value: string): string | undefined {
  return /\p{Surrogate}/u.test(value) ? 'holds half of a surrogate pair' : undefined
}
