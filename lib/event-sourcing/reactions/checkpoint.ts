import { inspect } from 'node:util'
import type { EventMeta } from '../event.ts'
import { isPlainObject } from '../state/state.ts'

/** How far one reactor has come with one resource. */
export interface Checkpoint {
  readonly reactor: string
  /** The resource. */
  readonly id: string
  /** The number of the last event that is done with. Undefined: not known yet where it begins. */
  readonly handled: number | undefined
  /** The highest number that was heard of. */
  readonly seen: number
  /** Counts the leases. Whoever finds another one than its own has lost the lease. */
  readonly generation: number
  /** How often the event after `handled` was begun, without having been done. */
  readonly attempts: number
  /** The event that could not be handled, and holds up this resource alone. */
  readonly parked?: Parked | undefined
  /** When somebody may take it, in ms: the end of a lease or of a pause. Undefined: at any time. */
  readonly due?: number | undefined
  /** Events that were passed by on purpose. */
  readonly skipped?: readonly Skipped[] | undefined
  /** What the dispatcher keeps about a reactor itself, under a name of its own. */
  readonly note?: string | undefined
  /** Counts the writes: each is on condition that nobody else has written. */
  readonly revision: number
}

export interface Parked {
  readonly number: number
  readonly type: string
  readonly error: { readonly name: string; readonly message: string }
  /** ISO 8601. */
  readonly since: string
  /** How often it was parked. */
  readonly times: number
  /** Of the request that the event goes back to. */
  readonly traceId?: string | undefined
}

export interface Skipped {
  readonly number: number
  readonly reason: string
  /** ISO 8601. */
  readonly at: string
}

/** An event, or what should have been one. */
export interface HeldUp {
  readonly number: number
  readonly type: string
  readonly meta?: Pick<EventMeta, 'traceId'>
}

const FIRST_PAUSE = 60_000
const LONGEST_PAUSE = 3_600_000

/** A reactor hears of a resource, maybe for the first time. */
export function heardOf(reactor: string, id: string, number: number): Checkpoint {
  return {
    reactor,
    id,
    handled: undefined,
    seen: number,
    generation: 0,
    attempts: 0,
    revision: 0,
  }
}

export function withSeen(checkpoint: Checkpoint, seen: number): Checkpoint {
  return seen > checkpoint.seen ? { ...checkpoint, seen } : checkpoint
}

export function isFree({ due }: Checkpoint, now: number): boolean {
  return due === undefined || due <= now
}

/** The attempt counts before anything is tried: one that kills the process counts as well. */
export function leased(checkpoint: Checkpoint, until: number): Checkpoint {
  const { generation, attempts } = checkpoint
  return { ...checkpoint, generation: generation + 1, attempts: attempts + 1, due: until }
}

/** An event is done with; the attempt at the next one counts already. */
export function done(checkpoint: Checkpoint, number: number, until: number): Checkpoint {
  const { parked: _, ...rest } = checkpoint
  return {
    ...rest,
    handled: number,
    seen: Math.max(checkpoint.seen, number),
    attempts: 1,
    due: until,
  }
}

/** As `done`; and, where no later one was heard of, nobody has to take it for now. */
export function settled(checkpoint: Checkpoint, number: number, until: number): Checkpoint {
  const after = done(checkpoint, number, until)
  if (isBehind(after)) return after
  const { due: _, ...rest } = after
  return { ...rest, attempts: 0 }
}

/** This resource waits, longer each time, up to an hour; no other does. */
export function parkedFor(
  checkpoint: Checkpoint,
  event: HeldUp,
  error: unknown,
  now: number,
): Checkpoint {
  const { number, type, meta } = event
  const before = checkpoint.parked?.number === number ? checkpoint.parked : undefined
  const times = (before?.times ?? 0) + 1
  const since = before?.since ?? new Date(now).toISOString()
  const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (times - 1))
  const parked = { number, type, error: described(error), since, times, traceId: meta?.traceId }
  return { ...checkpoint, attempts: 0, parked, due: now + pause }
}

/** Whether there are events that it has heard of and not handled. */
export function isBehind({ handled = 0, seen }: Checkpoint): boolean {
  return handled < seen
}

/** Whatever a handler throws: it fits a checkpoint. */
function described(error: unknown): Parked['error'] {
  const { name, message } = error instanceof Error ? error : { name: typeof error, message: error }
  return { name: text(name).slice(0, 100), message: text(message).slice(0, 1000) }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value)
}

/** @throws TypeError for an item that is no checkpoint */
export function checkpointOf(item: unknown): Checkpoint {
  if (isPlainObject(item) && isCheckpoint(item)) return item
  throw new TypeError('The item is no checkpoint')
}

function isCheckpoint(item: Record<string, unknown>): item is Record<string, unknown> & Checkpoint {
  const isNumbered = ['seen', 'generation', 'attempts', 'revision'].every(
    (name) => typeof item[name] === 'number',
  )
  return isNumbered && typeof item.reactor === 'string' && typeof item.id === 'string'
}

/** Taken up again at once, without waiting for its pause. */
export function dueNow(checkpoint: Checkpoint, now: number): Checkpoint {
  return { ...checkpoint, due: now }
}

/**
 * The event that holds it up is passed by, on purpose and on record. Whoever works on it finds its
 * lease lost.
 */
export function skipping(
  checkpoint: Checkpoint,
  { number }: Parked,
  reason: string,
  now: number,
): Checkpoint {
  const { parked: _, ...rest } = checkpoint
  const skip = { number, reason, at: new Date(now).toISOString() }
  const skipped = [...(checkpoint.skipped ?? []), skip]
  const generation = checkpoint.generation + 1
  return { ...rest, handled: number, generation, attempts: 0, skipped, due: now }
}

/** From the first event again. Whoever works on it finds its lease lost. */
export function rewound(checkpoint: Checkpoint, now: number): Checkpoint {
  const { parked: _, ...rest } = checkpoint
  const { generation } = checkpoint
  return { ...rest, handled: 0, generation: generation + 1, attempts: 0, due: now }
}
