import { validate } from 'uuid'
import { type CommitOptions, InvalidArgument, InvalidId } from '../event-sourcing/index.ts'

/**
 * An id that a client gives.
 * @throws InvalidId unless it is a UUID
 */
export function uuid(id: string): string {
  if (validate(id)) return id
  throw new InvalidId('An id is a UUID, like 2f1d6c1e-7c1b-4c0a-9d53-0f6a1f3f4b1a', { id })
}

/**
 * A limit that a client gives, or the default where it gives none.
 * @throws InvalidArgument beyond 1 to `most`
 */
export function limited(value: number | null | undefined, standard: number, most: number): number {
  const limit = value ?? standard
  if (limit >= 1 && limit <= most) return limit
  throw new InvalidArgument(`limit is a whole number from 1 to ${most}, not ${limit}`, {
    argument: 'limit',
    value: limit,
  })
}

/** The options of a commit among a command's input. GraphQL's null is an option left out. */
export function commitOptions(input: {
  expectedVersion?: number | null | undefined
}): CommitOptions {
  const { expectedVersion } = input
  return expectedVersion === null || expectedVersion === undefined ? {} : { expectedVersion }
}
