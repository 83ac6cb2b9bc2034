import { checkWhole } from '../arguments.ts'
import type { Binding } from '../binding.ts'
import { isEventSourcingError } from '../errors.ts'
import { deadline, within } from '../runtime/time-left.ts'
import { type Source, upToDate } from '../state/derivation.ts'
import { Derivation, type Derived, initialState } from '../state/derived.ts'
import type { Versioned } from '../state/handlers.ts'
import type { ScanRange } from '../store/event-store.ts'
import { type Page, pageToken, readPageToken } from './page.ts'

/** All resources of a class, and the function that returns one of them to a caller. */
export interface Resources<A> {
  readonly binding: Binding
  readonly aggregateClass: Source['aggregateClass']
  handOut(derived: Derived<Versioned>): A
}

const MOST_RESOURCES = 1000
/** The assumed number of events per resource, for the first page. */
const USUAL_EVENTS = 10
/** The number of store segments that `all` reads in parallel. */
const SEGMENTS = 4
/** The share of the remaining time that one page may use. */
const SHARE_OF_TIME = 0.5

interface Batch {
  /** The resources that one request completed. */
  readonly complete: readonly Derived<Versioned>[]
  /** Whether another resource follows. */
  readonly isMore: boolean
}

/**
 * Derives resources from a scan, one batch per request, instead of one request per resource. A
 * resource is complete when the next resource begins or the scan ends.
 */
async function* batches(
  { binding, aggregateClass }: Omit<Resources<unknown>, 'handOut'>,
  range: ScanRange,
): AsyncGenerator<Batch> {
  let current: { readonly id: string; readonly fold: Derivation<Versioned> } | undefined
  // A scan may show only a part of a transaction. Then the resource is read on its own.
  const whole = async ({ id, fold }: NonNullable<typeof current>) =>
    fold.isTorn ? upToDate({ binding, aggregateClass, id }, undefined) : fold.result
  for await (const page of binding.scan(range)) {
    const complete: Derived<Versioned>[] = []
    for (const event of page) {
      if (current?.id !== event.id) {
        if (current) complete.push(await whole(current))
        current = { id: event.id, fold: new Derivation(initialState(aggregateClass, event.id)) }
      }
      current.fold.addIfNext(event)
    }
    yield { complete, isMore: true }
  }
  if (current) yield { complete: [await whole(current)], isMore: false }
}

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
      for (const derived of value.complete) yield resources.handOut(derived)
    }
  } finally {
    await Promise.allSettled(coming.values())
    await Promise.all(parts.map((part) => part.return(undefined)))
  }
}

/** @throws InvalidArgument if the limit or the token is invalid */
export async function pageOfResources<A>(
  resources: Resources<A>,
  limit: number,
  nextToken: string | undefined,
): Promise<Page<A>> {
  checkWhole('limit', limit, 1, MOST_RESOURCES)
  const { name } = resources.binding.store
  const { after, events: usual = USUAL_EVENTS } =
    nextToken === undefined ? {} : readPageToken(name, nextToken)
  const now = performance.now()
  const until = now + (deadline() - now) * SHARE_OF_TIME
  const found: Derived<Versioned>[] = []
  // Reads one extra resource: its first event shows that the last resource is complete.
  const about = Math.ceil((limit + 1) * usual)
  const page = (isLast: boolean): Page<A> => {
    const items = found.slice(0, limit)
    const last = items.at(-1)?.state.id
    const events = items.reduce((sum, { state }) => sum + state.version, 0) / items.length
    const token = last !== undefined && !isLast && pageToken(name, { after: last, events })
    return { items: items.map(resources.handOut), ...(token && { nextToken: token }) }
  }
  const reading = batches(resources, { after, about })
  try {
    for (;;) {
      const batch = await nextInTime(reading, found.length > 0 ? until : undefined)
      if (batch === 'late') return page(false)
      if (batch.done) return page(found.length <= limit)
      const { complete, isMore } = batch.value
      found.push(...complete)
      const isTimeOver = found.length > 0 && performance.now() > until
      if (isMore && (found.length >= limit || isTimeOver)) return page(false)
    }
  } finally {
    await reading.return(undefined)
  }
}

/** Waits without a limit for the first result. Later waits end at the page's share of the time. */
async function nextInTime(reading: AsyncGenerator<Batch>, until: number | undefined) {
  if (until === undefined) return reading.next()
  try {
    return await within(until - performance.now(), () => reading.next())
  } catch (error) {
    if (isEventSourcingError(error, 'StoreUnavailable')) return 'late'
    throw error
  }
}
