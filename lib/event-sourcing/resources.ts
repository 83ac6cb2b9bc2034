import type { EventStore } from './event-store.ts'
import { replayEvent } from './handlers.ts'
import { type Page, pageToken, readPageToken } from './page.ts'
import { withoutId } from './stored-event.ts'
import { checkWhole } from './validation.ts'

interface Hydratable {
  readonly id: string
  readonly version: number
  hydrate(): Promise<void>
}

type Make<A> = new (id?: string) => A

const MOST_RESOURCES = 1000

/**
 * Every resource behind `after`, folded from a scan as the events come: no request per resource.
 * A resource is complete once the next one, or the end, is seen.
 */
export async function* allResources<A extends Hydratable>(
  store: EventStore,
  make: Make<A>,
  after?: string,
): AsyncGenerator<A> {
  let current: A | undefined
  let isTorn = false
  for await (const page of store.scan(after)) {
    for (const event of page) {
      if (current?.id !== event.id) {
        if (current) yield await whole(current, isTorn, make)
        current = new make(event.id)
        isTorn = false
      }
      // A scan may show half of a transaction: then the resource is read for itself.
      isTorn ||= event.number !== current.version + 1
      if (!isTorn) replayEvent(current, withoutId(event))
    }
  }
  if (current) yield await whole(current, isTorn, make)
}

async function whole<A extends Hydratable>(
  resource: A,
  isTorn: boolean,
  make: Make<A>,
): Promise<A> {
  if (!isTorn) return resource
  const again = new make(resource.id)
  await again.hydrate()
  return again
}

/** @throws InvalidArgument for a bad limit or token */
export async function pageOfResources<A extends Hydratable>(
  store: EventStore,
  make: Make<A>,
  limit: number,
  nextToken: string | undefined,
): Promise<Page<A>> {
  checkWhole('limit', limit, 1, MOST_RESOURCES)
  const after = nextToken === undefined ? undefined : readPageToken(store.name, nextToken)
  const items: A[] = []
  for await (const resource of allResources(store, make, after)) {
    const last = items.at(-1)
    if (items.length === limit && last) return { items, nextToken: pageToken(store.name, last.id) }
    items.push(resource)
  }
  return { items }
}
