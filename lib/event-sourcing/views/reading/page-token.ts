import { InvalidArgument } from '../../errors.ts'
import { isPlainObject } from '../../state/state.ts'

/** The query that a page belongs to: all that decides which items follow. */
export interface PagedQuery {
  readonly view: string
  /** The version of the view's code. */
  readonly version: number
  readonly key: string
  readonly from: string | undefined
  readonly before: string | undefined
  readonly descending: boolean
}

const FORMAT = 1

/** @param last the position of the page's last item in the order of the key */
export function viewToken(query: PagedQuery, last: string): string {
  return Buffer.from(JSON.stringify([FORMAT, ...identity(query), last])).toString('base64url')
}

/**
 * Returns the position after which the page begins.
 * @throws InvalidArgument unless {@link viewToken} made the token for the same query
 */
export function readViewToken(query: PagedQuery, token: string): string {
  const content = contentOf(token)
  const [format, view, version, ...rest] = content
  const last = rest.at(-1)
  const isOurs = format === FORMAT && view === query.view && typeof last === 'string'
  if (isOurs && version !== query.version) {
    throw invalid(
      token,
      `nextToken is from version ${version} of ${query.view}, which version ${query.version} has replaced: start without it`,
    )
  }
  const wanted = JSON.stringify([FORMAT, ...identity(query), last])
  if (isOurs && JSON.stringify(content) === wanted) return last
  throw invalid(
    token,
    `nextToken must come from an earlier page of the same query of ${query.view}; got ${token.slice(0, 100)}: start without it`,
  )
}

function identity({ view, version, key, from, before, descending }: PagedQuery): unknown[] {
  return [view, version, key, from ?? null, before ?? null, descending]
}

function contentOf(token: string): readonly unknown[] {
  try {
    const content: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    return Array.isArray(content) && !isPlainObject(content) ? content : []
  } catch {
    return []
  }
}

function invalid(token: string, message: string): InvalidArgument {
  return new InvalidArgument(message, { argument: 'nextToken', value: token })
}
