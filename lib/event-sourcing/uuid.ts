import { validate } from 'uuid'
import { InvalidId } from './errors.ts'

/**
 * Returns an id that a client gave as it is stored: a UUID in small letters, since some clients
 * write capitals, and ids are compared letter by letter.
 * @throws InvalidId unless it is a UUID
 */
export function uuid(id: string): string {
  if (validate(id)) return id.toLowerCase()
  throw new InvalidId('An id is a UUID, like 2f1d6c1e-7c1b-4c0a-9d53-0f6a1f3f4b1a', { id })
}
