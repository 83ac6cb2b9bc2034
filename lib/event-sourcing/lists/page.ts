import { InvalidArgument } from '../errors.ts'
import { isId } from '../ids.ts'
import { isPlainObject } from '../state/state.ts'

/** Some of all resources, and the way to the rest. */
export interface Page<T> {
  readonly items: readonly T[]
  /** Give it to the next call. Absent on the last page. Opaque, and good for this store only. */
  readonly nextToken?: string
}

const VERSION = 2

/** Where a page ended. It stays good while others write. */
export interface PagePosition {
  /** The id of its last resource. */
  readonly after: string
  /** How many events a resource of it had on average: so much does the next page have to read. */
  readonly events: number
}

export function pageToken(store: string, { after, events }: PagePosition): string {
  return Buffer.from(JSON.stringify({ v: VERSION, store, after, events })).toString('base64url')
}

/** @throws InvalidArgument for anything that {@link pageToken} did not make for this store */
export function readPageToken(store: string, token: string): PagePosition {
  const { v, store: of, after, events } = contentOf(token) ?? {}
  const isOurs = v === VERSION && of === store && isId(after)
  if (isOurs && typeof events === 'number' && events >= 1) return { after, events }
  throw new InvalidArgument(
    'nextToken is not one that an earlier page of these resources gave: begin without it',
    { argument: 'nextToken', value: token },
  )
}

function contentOf(token: string): Record<string, unknown> | undefined {
  try {
    const content: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    return isPlainObject(content) ? content : undefined
  } catch {
    return undefined
  }
}
