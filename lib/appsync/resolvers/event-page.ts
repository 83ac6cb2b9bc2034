import type { Event } from '../../event-sourcing/index.ts'
import { jsonBytes } from '../feed/message.ts'
import { type FlatEvent, flatEvent } from '../flat-event.ts'

interface History<E extends Event> {
  readonly id: string
  events(range: { after: number; limit: number }): Promise<readonly E[]>
}

/**
 * A function's response is limited to 6 MB.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const LARGEST_ANSWER = 4_000_000
/**
 * The number of events to read before their size is known: at most 40 MB with the largest events.
 */
const FIRST_READ = 100

/**
 * Returns a resource's events in their API form. Limited by the requested number and by the size of
 * one response. Empty only if there are no more events.
 */
export async function eventPage<E extends Event>(
  resource: History<E>,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<FlatEvent<E>[]> {
  const page: FlatEvent<E>[] = []
  let bytes = 0
  let wanted = Math.min(limit, FIRST_READ)
  while (wanted > 0) {
    const events = await resource.events({ after: after + page.length, limit: wanted })
    for (const event of events) {
      const flat = flatEvent(resource.id, event)
      bytes += jsonBytes(flat)
      if (bytes > LARGEST_ANSWER && page.length > 0) return page
      page.push(flat)
    }
    if (events.length < wanted) return page
    const room = Math.floor((LARGEST_ANSWER - bytes) / (bytes / page.length))
    wanted = Math.min(limit - page.length, room)
  }
  return page
}
