import {
  type CommitOptions,
  InvalidArgument,
  idOfCommand,
  isEventSourcingError,
  type MomentOptions,
  uuid,
} from '../../event-sourcing/index.ts'
import { isReactionCommandId } from '../../event-sourcing/reactions/index.ts'

/** A GraphQL argument. Null counts as absent. */
export type Nullable<T> = T | null | undefined

/** The framework's fields of a command's input. */
export interface CommandInput {
  /** The resource's id. Absent: the command creates a resource. */
  readonly id?: Nullable<string>
  readonly commandId?: Nullable<string>
  readonly expectedVersion?: Nullable<number>
}

/**
 * Returns the id of the command's resource for the constructor. A given id is used as is. For a new
 * resource, the id follows from the commandId, so that a repeated command creates one resource.
 * Without both, returns undefined for a random id.
 * @param user the id of the calling user, so that a user's commandId never leads to a resource that
 * another user created. Default: the caller is no user
 * @throws InvalidId if the given id is not a UUID
 */
export function resourceId({ id, commandId }: CommandInput, user?: string): string | undefined {
  if (isGiven(id)) return uuid(id)
  return commandId ? idOfCommand(commandId, user) : undefined
}

function isGiven(id: Nullable<string>): id is string {
  return id !== null && id !== undefined
}

/**
 * Returns the commit options from a command's input. If the input contains an id, the resource must
 * exist.
 * @throws InvalidArgument if the commandId is reserved for reactions
 */
export function commitOptions({ id, commandId, expectedVersion }: CommandInput): CommitOptions {
  if (commandId && isReactionCommandId(commandId)) {
    const message = `commandId must not begin with reaction-, which is reserved; got ${commandId}`
    throw new InvalidArgument(message, { argument: 'commandId', value: commandId })
  }
  return {
    ...(isGiven(id) && { creates: false }),
    commandId: commandId ?? undefined,
    expectedVersion: expectedVersion ?? undefined,
  }
}

/** Returns the moment that a query requests, if any. */
export function momentOptions(args: {
  readonly version?: Nullable<number>
  readonly at?: Nullable<string>
}): MomentOptions {
  return { version: args.version ?? undefined, at: args.at ?? undefined }
}

/** Returns the result, or null if the resource does not exist. */
export async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found
  } catch (error) {
    if (isEventSourcingError(error, 'ResourceNotFound')) return null
    throw error
  }
}

/**
 * Returns the client's limit, or the default if it is absent.
 * @throws InvalidArgument unless the limit is from 1 to `most`
 */
export function limited(value: Nullable<number>, standard: number, most: number): number {
  const limit = value ?? standard
  if (limit >= 1 && limit <= most) return limit
  throw new InvalidArgument(`limit must be a whole number from 1 to ${most}; got ${limit}`, {
    argument: 'limit',
    value: limit,
  })
}
