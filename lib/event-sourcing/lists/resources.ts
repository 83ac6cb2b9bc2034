import { checkUserId, checkWhole } from '../arguments.ts'
import { InvalidArgument, isEventSourcingError } from '../errors.ts'
import { deadline, within } from '../runtime/time-left.ts'
import { type Batch, batches, type Listed, type Resources } from './batches.ts'
import { ownedBatches } from './owned.ts'
import { type Page, pageToken, readPageToken } from './page.ts'

/** The treatment of resources whose state cannot be derived. */
export type OnError = 'throw' | 'skip'

const MOST_RESOURCES = 1000
/** The assumed number of events per resource, for the first page. */
const USUAL_EVENTS = 10
/** The number of store segments that `all` reads in parallel. */
const SEGMENTS = 4
/** The share of the remaining time that one page may use. */
const SHARE_OF_TIME = 0.5

/**
 * Returns every resource in an arbitrary order, because several store segments are read in
 * parallel.
 */
export async function* allResources<A>(resources: Resources<A>): AsyncGenerator<A> {
  const parts = Array.from({ length: SEGMENTS }, (_, index) =>
    batches(resources, { segment: { index, of: SEGMENTS } }),
  )
  const next = (part: (typeof parts)[number]) => {
    const batch = part.next().then((result) => ({ part, ...result }))
    // The caller awaits the batch later. Until then, its rejection must not crash the process.
    batch.catch(() => {})
    return batch
  }
  const coming = new Map(parts.map((part) => [part, next(part)]))
  try {
    while (coming.size > 0) {
      const { part, done, value } = await Promise.race(coming.values())
      if (done) {
        coming.delete(part)
        continue
      }
      coming.set(part, next(part))
      for (const listed of value.complete) yield resourceOf(listed)
    }
  } finally {
    await Promise.allSettled(coming.values())
    await Promise.all(parts.map((part) => part.return(undefined)))
  }
}

/** The page to read: see PageOptions. */
export interface PageRequest {
  readonly limit: number
  readonly nextToken?: string | undefined
  readonly onError: OnError
  readonly owner?: string | undefined
}

/**
 * @throws InvalidArgument if an option is invalid; with `throw`, the error of the first resource that
 * cannot be derived
 */
export async function pageOfResources<A>(
  resources: Resources<A>,
  { limit, nextToken, onError, owner }: PageRequest,
): Promise<Page<A>> {
  checkWhole('limit', limit, 1, MOST_RESOURCES)
  checkOnError(onError)
  if (owner !== undefined) checkUserId('owner', owner)
  const { name } = resources.binding.store
  const { after, events: usual = USUAL_EVENTS } =
    nextToken === undefined ? {} : readPageToken(name, nextToken, owner)
  const now = performance.now()
  const until = now + (deadline() - now) * SHARE_OF_TIME
  const found: Listed<A>[] = []
  // Reads one extra resource: its first event shows that the last resource is complete.
  const about = Math.ceil((limit + 1) * usual)
  const page = (isLast: boolean): Page<A> => {
    const all = found.slice(0, limit)
    const last = all.at(-1)
    const events = Math.max(1, all.reduce((sum, listed) => sum + listed.events, 0) / all.length)
    const token = last &&
      !isLast && { nextToken: pageToken(name, { after: last.id, events, owner }) }
    if (onError === 'throw') return { items: all.map(resourceOf), ...token }
    const failures = all.flatMap((listed) =>
      'error' in listed ? [{ id: listed.id, error: listed.error }] : [],
    )
    const items = all.flatMap((listed) => ('error' in listed ? [] : [listed.resource]))
    return { items, failures, ...token }
  }
  const reading =
    owner === undefined
      ? batches(resources, { after, about })
      : ownedBatches(resources, owner, { after, about: limit + 1 })
  try {
    for (;;) {
      const batch = await nextInTime(reading, found.length > 0 ? until : undefined)
      if (batch === 'late') return page(false)
      if (batch.done) return page(found.length <= limit)
      const { complete, isMore } = batch.value
      found.push(...complete)
      if (found.length > limit) return page(false)
      const isTimeOver = found.length > 0 && performance.now() > until
      if (isMore && (found.length >= limit || isTimeOver)) return page(false)
    }
  } finally {
    await reading.return(undefined)
  }
}

/** @throws the error of a resource that cannot be derived */
function resourceOf<A>(listed: Listed<A>): A {
  if ('error' in listed) throw listed.error
  return listed.resource
}

function checkOnError(value: unknown): void {
  if (value === 'throw' || value === 'skip') return
  throw new InvalidArgument(`onError must be 'throw' or 'skip'; got ${String(value)}`, {
    argument: 'onError',
    value,
  })
}

/** Waits without a limit for the first result. Later waits end at the page's share of the time. */
async function nextInTime<A>(reading: AsyncGenerator<Batch<A>>, until: number | undefined) {
  if (until === undefined) return reading.next()
  try {
    return await within(until - performance.now(), () => reading.next())
  } catch (error) {
    if (isEventSourcingError(error, 'StoreUnavailable')) return 'late'
    throw error
  }
}
