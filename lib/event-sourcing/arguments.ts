import { inspect } from 'node:util'
import { v5, validate } from 'uuid'
import { InvalidArgument, InvalidId } from './errors.ts'

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MOST_KEY_BYTES = 2048
const MOST_COMMAND_ID = 128

/** Whether a value can be a partition key that the store returns unchanged. */
export function isId(id: unknown): id is string {
  if (typeof id !== 'string' || id === '') return false
  return Buffer.byteLength(id) <= MOST_KEY_BYTES && unfitText(id) === undefined
}

/** @throws InvalidId if the value cannot be a partition key */
export function checkId(id: string): void {
  if (isId(id)) return
  const got = inspect(id, { maxStringLength: 100 })
  throw new InvalidId(
    `An id must be a string of 1 to ${MOST_KEY_BYTES} bytes in UTF-8; got ${got}`,
    {
      id,
    },
  )
}

/**
 * Returns a client's UUID in its stored form: lowercase. Some clients write capitals, and the store
 * compares ids letter by letter.
 * @throws InvalidId unless the id is a UUID
 */
export function uuid(id: string): string {
  if (validate(id)) return id.toLowerCase()
  throw new InvalidId(`An id must be a UUID like 2f1d6c1e-7c1b-4c0a-9d53-0f6a1f3f4b1a; got ${id}`, {
    id,
  })
}

/** The UUID namespace of ids that are derived from commandIds. Never change it. */
const NAMESPACE = '0e3a3a5e-6f0c-4d5b-9a37-2f8f0d0c7f51'

/**
 * Returns the id of the resource that a command creates. It follows from the commandId, so that a
 * repeated command creates one resource.
 * @param user the id of the user who sends the command. Each user has ids of their own. Default: none
 */
export function idOfCommand(commandId: string, user?: string): string {
  const namespace = user === undefined ? NAMESPACE : v5(Buffer.from(user), NAMESPACE)
  // A Buffer, because v5 throws a URIError for a lone surrogate. The commit rejects it by name.
  return v5(Buffer.from(commandId), namespace)
}

/** Returns why a store cannot return a text unchanged. Returns undefined if it can. */
export function unfitText(value: string): string | undefined {
  return /\p{Surrogate}/u.test(value) ? 'contains half of a surrogate pair' : undefined
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
  throw new InvalidArgument(`${argument} must be a whole number ${range}; got ${value}`, {
    argument,
    value,
  })
}

/** Enough for the `sub` of OpenID Connect and an issuer. */
const MOST_USER_ID = 512

/** Whether a value can be the id of a user: a text of 1 to 512 characters. */
export function isUserId(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || value.length > MOST_USER_ID) return false
  return unfitText(value) === undefined
}

/** @throws InvalidArgument if the value cannot be the id of a user */
export function checkUserId(argument: string, value: unknown): asserts value is string {
  if (isUserId(value)) return
  const got = inspect(value, { maxStringLength: 100 })
  throw new InvalidArgument(
    `${argument} must be the id of a user, a string of 1 to ${MOST_USER_ID} characters; got ${got}`,
    { argument, value },
  )
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
