import { isId } from '../arguments.ts'
import { InvalidArgument } from '../errors.ts'
import { isPlainObject } from '../state/state.ts'

/** One page of all resources, and the token for the next page. */
export interface Page<T> {
  readonly items: readonly T[]
  /** Pass it to the next call. Absent on the last page. Opaque, and valid for this store only. */
  readonly nextToken?: string
  /**
   * The resources whose state cannot be derived, in place of their items. Present with `onError:
   * 'skip'`.
   */
  readonly failures?: readonly Failure[]
}

/** A resource whose state cannot be derived. */
export interface Failure {
  readonly id: string
  /** The error that `findOne` throws for this id, such as CorruptHistory or UnknownEvent. */
  readonly error: unknown
}

const VERSION = 2

/** The end of a page. The position stays valid while others write. */
export interface PagePosition {
  /** The id of the page's last resource. */
  readonly after: string
  /** The average number of events per resource, which sizes the next read. */
  readonly events: number
  /** The owner of the page's resources. Default: the page has resources of all owners. */
  readonly owner?: string | undefined
}

/** Returns the token for the page after this position. */
export function pageToken(store: string, { after, events, owner }: PagePosition): string {
  const content = JSON.stringify({ v: VERSION, store, after, events, owner })
  return Buffer.from(content).toString('base64url')
}

/**
 * @param wanted the owner whose resources the next page has. Undefined: it has all resources
 * @throws InvalidArgument unless {@link pageToken} made the token for this store and owner
 */
export function readPageToken(store: string, token: string, wanted?: string): PagePosition {
  const { v, store: of, after, events, owner } = contentOf(token) ?? {}
  const isOurs = v === VERSION && of === store && isId(after) && owner === wanted
  if (isOurs && typeof events === 'number' && events >= 1) return { after, events }
  throw new InvalidArgument(
    `nextToken must come from an earlier page of these resources; got ${token}: start without it`,
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
