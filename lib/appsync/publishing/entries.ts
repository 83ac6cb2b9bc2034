import type { StoredEvent } from '../../event-sourcing/index.ts'
import { cloudEvent, type Origin, truncated } from './cloud-event.ts'

/**
 * An event in a request to an event bus.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
 */
export interface Entry {
  readonly EventBusName: string
  readonly Source: string
  readonly DetailType: string
  /** Seconds since the epoch. */
  readonly Time: number
  /** The CloudEvent, as JSON. */
  readonly Detail: string
}

/** An event on its way to a bus. */
export interface Outgoing {
  readonly event: StoredEvent
  readonly entry: Entry
  readonly bytes: number
}

/**
 * The most bytes of an entry, and of all entries of a request. AWS accepts 1 MB, which includes
 * keys and characters that AWS adds to the entry.
 * https://aws.amazon.com/blogs/compute/more-room-to-build-serverless-services-now-support-payloads-up-to-1-mb
 */
export const LARGEST_ENTRY = 1_000_000
/** The most entries of a request. */
export const MOST_ENTRIES = 10
/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
const TIME_BYTES = 14

/**
 * Returns an event for a bus. Truncates it if it is too large.
 * @param bus the name or the ARN of the bus
 * @throws TypeError if a value does not exist in JSON
 */
export function outgoing(event: StoredEvent, origin: Origin, bus: string): Outgoing {
  const whole = cloudEvent(event, origin)
  const entryOf = (detail: object): Entry => ({
    EventBusName: bus,
    Source: origin.source,
    DetailType: event.type,
    Time: Date.parse(event.created) / 1000,
    Detail: JSON.stringify(detail),
  })
  const entry = entryOf(whole)
  const fitting = bytesOf(entry) > LARGEST_ENTRY ? entryOf(truncated(whole)) : entry
  return { event, entry: fitting, bytes: bytesOf(fitting) }
}

/** Returns how many of the first events fit into one request: at least one. */
export function fittingCount(waiting: readonly Outgoing[]): number {
  let room = LARGEST_ENTRY
  const some = waiting.slice(0, MOST_ENTRIES)
  const tooMany = some.findIndex(({ bytes }, index) => {
    room -= bytes
    return room < 0 && index > 0
  })
  return tooMany < 0 ? some.length : tooMany
}

function bytesOf({ Source, DetailType, Detail }: Entry): number {
  const texts = [Source, DetailType, Detail].map((text) => Buffer.byteLength(text))
  return texts.reduce((sum, bytes) => sum + bytes, TIME_BYTES)
}
