import { type Checkpoint, newCheckpoint, type Wake } from '../checkpoints/checkpoint.ts'
import type { CheckpointStore } from '../checkpoints/checkpoint-store.ts'
import { timerName } from './names.ts'
import type { WakeCall } from './wake-calls.ts'

/** The event or the wake-up whose handler has called `wakeAt` or `cancelWake`. */
export interface Asker {
  /** The number of the event. For a wake-up: of the event that it goes back to. */
  readonly number: number
  /** The wake-up. Undefined: an event. */
  readonly wakeUp?: WakeUpAsker
  readonly cause: Wake['cause']
}

export interface WakeUpAsker {
  readonly commandId: string
  /** The version of the resource that the wake-up saw. */
  readonly version: number
}

export interface TimersOptions {
  readonly reactor: string
  readonly checkpoints: CheckpointStore
  /** How many times sooner than asked the wake-ups come. */
  readonly hurry: number
}

/**
 * The timers of one reactor: a checkpoint for each resource and name of a wake-up. `seen` is the
 * number of the event that asked last. `handled` is lower while the wake-up waits, and equal after it
 * has run or was cancelled.
 */
export class Timers {
  readonly #options: TimersOptions

  constructor(options: TimersOptions) {
    this.#options = options
  }

  /**
   * Stores the calls of a handler. A repetition changes nothing, so a run that crashed afterwards may
   * be repeated.
   * @throws StoreUnavailable
   */
  async store(id: string, calls: readonly WakeCall[], asker: Asker): Promise<void> {
    await Promise.all(calls.map((call) => this.#store(id, call, asker)))
  }

  /** Returns the wake-up of a call. */
  wakeOf(at: number, { wakeUp, cause }: Asker): Wake {
    const now = Date.now()
    return {
      at: new Date(at).toISOString(),
      // Rounded up, because a wake-up is never early.
      due: at > now ? now + Math.ceil((at - now) / this.#options.hurry) : at,
      ...(wakeUp && { by: wakeUp.commandId }),
      cause: { ...cause, depth: at - now < NEW_CHAIN_AFTER ? cause.depth : 0 },
    }
  }

  async #store(id: string, { name, at }: WakeCall, asker: Asker): Promise<void> {
    const { reactor, checkpoints } = this.#options
    const timer = timerName(reactor, name)
    for (;;) {
      const there = await checkpoints.get(timer, id)
      if (there && isRepeated(there, asker)) return
      if (at === undefined && (!there || !isWaiting(there))) return
      const before = there ?? newCheckpoint(timer, id, asker.number)
      const wake = at === undefined ? undefined : this.wakeOf(at, asker)
      const put = await checkpoints.put(changed(before, Math.max(before.seen, asker.number), wake))
      if (put.outcome === 'stored') return
    }
  }
}

/**
 * A wake-up that is at least this far ahead starts a new count of reactions: a chain that is so slow
 * is no endless loop. In milliseconds.
 */
const NEW_CHAIN_AFTER = 3_600_000

/** Whether the timer knows this call already, or a newer one. */
function isRepeated({ seen, wake }: Checkpoint, { number, wakeUp }: Asker): boolean {
  if (!wakeUp) return number <= seen
  return wake?.by === wakeUp.commandId || seen > wakeUp.version
}

/** Whether the wake-up has neither run nor been cancelled. */
export function isWaiting({ handled = 0, seen, wake }: Checkpoint): boolean {
  return wake !== undefined && handled < seen
}

/** Whether a wake-up waits for its time, and no run has begun yet. */
export function isAsleep(
  checkpoint: Checkpoint,
  now: number,
): checkpoint is Checkpoint & { readonly due: number } {
  const { attempts, parked, due = 0 } = checkpoint
  return isWaiting(checkpoint) && attempts === 0 && !parked && due > now
}

/**
 * Sets the wake-up of a timer, or cancels it if `wake` is undefined. A run that holds the lease loses
 * it, because it belongs to the wake-up before.
 */
function changed(checkpoint: Checkpoint, seen: number, wake: Wake | undefined): Checkpoint {
  const { parked: _, due: __, wake: ___, ...rest } = checkpoint
  const next = { ...rest, seen, generation: checkpoint.generation + 1, attempts: 0 }
  return wake ? { ...next, handled: seen - 1, wake, due: wake.due } : { ...next, handled: seen }
}

/** Marks a wake-up as run, under its lease. Sets the wake-up that its handler has asked for, if any. */
export function woken(checkpoint: Checkpoint, next: Wake | undefined): Checkpoint {
  const { parked: _, due: __, ...rest } = checkpoint
  const { seen } = checkpoint
  const ended = { ...rest, attempts: 0 }
  return next
    ? { ...ended, handled: seen - 1, wake: next, due: next.due }
    : { ...ended, handled: seen }
}
