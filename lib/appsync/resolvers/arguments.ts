import { v5 } from 'uuid'
import {
  type CommitOptions,
  InvalidArgument,
  isEventSourcingError,
  type MomentOptions,
  uuid,
} from '../../event-sourcing/index.ts'
import { isReactionCommandId } from '../../event-sourcing/reactions/index.ts'

/** Where ids that are derived from a command's come from; never change it. */
const NAMESPACE = '0e3a3a5e-6f0c-4d5b-9a37-2f8f0d0c7f51'

/** GraphQL's null is an argument left out. */
export type Nullable<T> = T | null | undefined

/** What the input of a command may have beside what is the domain's. */
export interface CommandInput {
  /** The resource; absent: a new one. */
  readonly id?: Nullable<string>
  readonly commandId?: Nullable<string>
  readonly expectedVersion?: Nullable<number>
}

/**
 * The id of the resource that a command is for, as a constructor takes it: the given one; for a new
 * resource one that the commandId determines, so that a repeated command makes no second one; or
 * undefined, for a fresh one.
 * @throws InvalidId for a given id that is no UUID
 */
export function resourceId({ id, commandId }: CommandInput): string | undefined {
  if (id !== null && id !== undefined) return uuid(id)
  // Bytes: of half of a surrogate pair v5 makes a URIError; the commit refuses it by name.
  return commandId ? v5(Buffer.from(commandId), NAMESPACE) : undefined
}

/**
 * The options of a commit among a command's input. Where the input names a resource, it has to be
 * there already.
 * @throws InvalidArgument for a commandId that only reactions have
 */
export function commitOptions({ id, commandId, expectedVersion }: CommandInput): CommitOptions {
  if (commandId && isReactionCommandId(commandId)) {
    const message = 'A commandId that begins with reaction- is not for clients: choose another one'
    throw new InvalidArgument(message, { argument: 'commandId', value: commandId })
  }
  return {
    existing: id !== null && id !== undefined,
    commandId: commandId ?? undefined,
    expectedVersion: expectedVersion ?? undefined,
  }
}

/** The moment that a query asks for, if it asks for one. */
export function momentOptions(args: {
  readonly version?: Nullable<number>
  readonly at?: Nullable<string>
}): MomentOptions {
  return { version: args.version ?? undefined, at: args.at ?? undefined }
}

/** What is found, or null where there is no such resource. */
export async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found
  } catch (error) {
    if (isEventSourcingError(error, 'ResourceNotFound')) return null
    throw error
  }
}

/**
 * A limit that a client gives, or the default where it gives none.
 * @throws InvalidArgument beyond 1 to `most`
 */
export function limited(value: Nullable<number>, standard: number, most: number): number {
  const limit = value ?? standard
  if (limit >= 1 && limit <= most) return limit
  throw new InvalidArgument(`limit is a whole number from 1 to ${most}, not ${limit}`, {
    argument: 'limit',
    value: limit,
  })
}
