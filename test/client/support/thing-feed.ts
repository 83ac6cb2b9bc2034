import { type EventFeed, type EventFeedOptions, eventFeed } from '../../../lib/client/index.ts'
import type { FakeApi, ThingEvent } from './fake-api.ts'

/** A time that is longer than any test, in milliseconds. */
export const NEVER = 600_000

/** Returns a feed that does not poll, unless the test sets the options. */
export function thingFeed(
  transport: FakeApi,
  options: Partial<EventFeedOptions<ThingEvent>> = {},
): EventFeed<ThingEvent> {
  return eventFeed<ThingEvent>({
    transport,
    resource: 'Thing',
    fields: ['amount'],
    firstPoll: NEVER,
    pollInterval: NEVER,
    gapWait: 20,
    longestPause: 50,
    ...options,
  })
}

export const numbers = (events: readonly ThingEvent[]) => events.map(({ number }) => number)
