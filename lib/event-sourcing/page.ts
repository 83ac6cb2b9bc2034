import { InvalidArgument } from './errors.ts'
import { isPlainObject } from './state.ts'

/** Some of all resources, and the way to the rest. */
export interface Page<T> {
  readonly items: readonly T[]
  /** Give it to the next call. Absent on the last page. Opaque, and good for this store only. */
  readonly nextToken?: string
}

const VERSION = 1

/** A token says behind which resource to go on, so it stays good while others write. */
export function pageToken(store: string, after: string): string {
  return Buffer.from(JSON.stringify({ v: VERSION, store, after })).toString('base64url')
}

/** @throws InvalidArgument for anything that {@link pageToken} did not make for this store */
export function readPageToken(store: string, token: string): string {
  const content = contentOf(token)
  if (content?.v === VERSION && content.store === store && typeof content.after === 'string') {
    return content.after
  }
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
