import type { EventMeta } from '../../event.ts'
import { describeThrown } from '../../runtime/thrown.ts'
import { isPlainObject } from '../../state/state.ts'

/** The progress of one reactor on one resource. */
export interface Checkpoint {
  readonly reactor: string
  /** The resource's id. */
  readonly id: string
  /** The number of the last handled or skipped event. Undefined: the start is not decided yet. */
  readonly handled: number | undefined
  /** The highest event number known to the reactor. */
  readonly seen: number
  /** Counts the leases. A run whose generation differs has lost its lease. */
  readonly generation: number
  /** The number of started attempts at the event after `handled`. */
  readonly attempts: number
  /** The event that failed. It blocks only this resource. */
  readonly parked?: Parked | undefined
  /**
   * The end of a lease, or of the pause of a parked resource, in ms. Until then, no run may take the
   * resource. Undefined: any run may take it.
   */
  readonly due?: number | undefined
  /** Events that an operator skipped. */
  readonly skipped?: readonly Skipped[] | undefined
  /** The newest wake-up of a timer. Undefined: of a reactor, or of a timer that was cancelled. */
  readonly wake?: Wake | undefined
  /** Counts the writes. Each write is conditional on it. */
  readonly revision: number
}

export interface Parked {
  readonly number: number
  readonly type: string
  /** `at`: the file, line and column that threw it, if known. */
  readonly error: { readonly name: string; readonly message: string; readonly at?: string }
  /** ISO 8601. */
  readonly since: string
  /** How often the resource was parked at this event. */
  readonly times: number
  /** The trace id of the request that caused the event. */
  readonly traceId?: string | undefined
}

/** A wake-up that a reactor asked for. */
export interface Wake {
  /** The instant that the reactor asked for, as ISO 8601. */
  readonly at: string
  /** When it is due, in ms: the instant, or earlier if time is shortened. */
  readonly due: number
  /** The commandId of the wake-up whose method asked for it. Undefined: an event's method did. */
  readonly by?: string
  /** The request that caused it: see EventMeta. */
  readonly cause: {
    readonly traceId?: string
    readonly actor?: string
    readonly depth: number
  }
}

export interface Skipped {
  readonly number: number
  readonly reason: string
  /** ISO 8601. */
  readonly at: string
}

/** A failed event, or the place of a broken or missing one. */
export interface FailedEvent {
  readonly number: number
  readonly type: string
  readonly meta?: Pick<EventMeta, 'traceId'>
}

const FIRST_PAUSE = 60_000
const LONGEST_PAUSE = 3_600_000

/**
 * Returns a new checkpoint for a resource that the reactor does not know yet.
 * @param handled the number of the last event before the reactor's start; undefined: not decided yet
 */
export function newCheckpoint(
  reactor: string,
  id: string,
  number: number,
  handled?: number,
): Checkpoint {
  return {
    reactor,
    id,
    handled,
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

/**
 * Takes a lease. Counts the attempt before the handler runs, so that an attempt that crashes the
 * process counts as well.
 */
export function leased(checkpoint: Checkpoint, until: number): Checkpoint {
  const { generation, attempts } = checkpoint
  return { ...checkpoint, generation: generation + 1, attempts: attempts + 1, due: until }
}

/** Marks an event as handled. The first attempt at the next event is already counted. */
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

/** Marks an event as handled, like `done`. Releases the lease if no later event is known. */
export function settled(checkpoint: Checkpoint, number: number, until: number): Checkpoint {
  const after = done(checkpoint, number, until)
  if (isBehind(after)) return after
  const { due: _, ...rest } = after
  return { ...rest, attempts: 0 }
}

/** Parks this resource alone. The pause doubles each time, up to an hour. */
export function parkedFor(
  checkpoint: Checkpoint,
  event: FailedEvent,
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

/** Whether the reactor knows events that it has not handled. */
export function isBehind({ handled = 0, seen }: Checkpoint): boolean {
  return handled < seen
}

/** Returns any thrown value in a form that fits a checkpoint. */
function described(thrown: unknown): Parked['error'] {
  const { name, message, at } = describeThrown(thrown)
  return {
    name: name.slice(0, 100),
    message: message.slice(0, 1000),
    ...(at !== undefined && { at: at.slice(-200) }),
  }
}

/** @throws TypeError if the item is not a checkpoint */
export function checkpointOf(item: unknown): Checkpoint {
  if (isPlainObject(item) && isCheckpoint(item)) return item
  throw new TypeError('The item is not a checkpoint')
}

function isCheckpoint(item: Record<string, unknown>): item is Record<string, unknown> & Checkpoint {
  const isNumbered = ['seen', 'generation', 'attempts', 'revision'].every(
    (name) => typeof item[name] === 'number',
  )
  return isNumbered && typeof item.reactor === 'string' && typeof item.id === 'string'
}

/** Makes the resource due now, without waiting for the end of its pause. */
export function dueNow(checkpoint: Checkpoint, now: number): Checkpoint {
  return { ...checkpoint, due: now }
}

/** Skips the parked event and records the reason. A run that holds the lease loses it. */
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

/** Restarts at the first event. A run that holds the lease loses it. */
export function rewound(checkpoint: Checkpoint, now: number): Checkpoint {
  const { parked: _, ...rest } = checkpoint
  const { generation } = checkpoint
  return { ...rest, handled: 0, generation: generation + 1, attempts: 0, due: now }
}
