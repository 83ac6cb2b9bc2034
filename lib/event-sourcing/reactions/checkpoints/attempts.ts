import { setTimeout as delay } from 'node:timers/promises'
import { RunStopped } from '../../runtime/composed-errors.ts'
import { deadline } from '../../runtime/time-left.ts'
import { traced } from '../../runtime/tracing.ts'
import { TakeInFailed } from '../reactor.ts'
import { type Checkpoint, type FailedEvent, parkedFor } from './checkpoint.ts'
import type { CheckpointStore } from './checkpoint-store.ts'
import { Lease, LeaseLost, type NotTaken, type Wanted } from './lease.ts'

/** The outcome of running a reactor for one resource. */
export type RunOutcome =
  | { readonly outcome: 'done'; readonly handled: number }
  /**
   * Another run holds the lease, the resource is parked, or an earlier run ended during an event.
   */
  | NotTaken
  /** The resource is parked; `cause` is the handler's error. */
  | { readonly outcome: 'parked'; readonly checkpoint: Checkpoint; readonly cause: unknown }
  /** The time was over, or the reactor is paused; the resource is due at once. */
  | { readonly outcome: 'unfinished' }

/** Where work stands when an attempt fails. */
export interface Place {
  /** Returns the event that is assumed to fail. */
  readonly failed: () => FailedEvent
  /** Returns the number of the last event that is handled or skipped. */
  readonly passed: () => number
}

export interface AttemptsOptions {
  /** The time limit of an attempt, in milliseconds. Default: 10 seconds. */
  readonly patience?: number | undefined
  /** The number of attempts before the resource is parked. Default: 3. */
  readonly tries?: number | undefined
  /** Whether an error affects all resources. Such an error parks no resource. */
  readonly isOutage: (error: unknown) => boolean
}

const PATIENCE = 10_000
const TRIES = 3
/** The time that a lease adds to the limit of an attempt for the writes around it, in milliseconds. */
const MARGIN = 10_000
const FIRST_PAUSE = 50
/**
 * An attempt starts if `patience` is left, or this time if `patience` is longer. In milliseconds.
 */
const MOST_NEEDED = 240_000

/** Attempts at the work of a lease. An attempt is counted before it starts. */
export class Attempts {
  /** The length of a lease, in milliseconds. */
  readonly length: number
  readonly #patience: number
  readonly #tries: number
  readonly #isOutage: (error: unknown) => boolean

  constructor({ patience = PATIENCE, tries = TRIES, isOutage }: AttemptsOptions) {
    this.#patience = patience
    this.#tries = tries
    this.#isOutage = isOutage
    this.length = patience + MARGIN
  }

  /** Returns the end of a lease that is extended now. */
  due(): number {
    return Date.now() + this.length
  }

  /** Whether a lease that ends at `due` lasts for the writes around an attempt. */
  isLong(due: number): boolean {
    return due - Date.now() > MARGIN
  }

  /**
   * Takes the lease of a resource and runs work under it. Gives the lease back after an outage: the
   * attempt does not count.
   */
  async underLease(
    store: CheckpointStore,
    wanted: Omit<Wanted, 'length'>,
    work: (lease: Lease) => Promise<RunOutcome>,
  ): Promise<RunOutcome> {
    const lease = await Lease.take(store, { ...wanted, length: this.length })
    if (!(lease instanceof Lease)) return lease
    return traced('react', async (annotate) => {
      annotate({ resource: wanted.id })
      try {
        return await work(lease)
      } catch (error) {
        // If this write also fails, the lease expires.
        if (!(error instanceof LeaseLost)) await this.#giveBack(lease).catch(() => {})
        throw error
      }
    })
  }

  /**
   * Attempts work with short retries. The lease has counted the first attempt. A write before each
   * further attempt counts that attempt. After the last attempt, the resource is parked.
   */
  async run<T>(
    lease: Lease,
    work: (time: number) => Promise<T>,
    { failed, passed }: Place,
  ): Promise<{ readonly result: T } | { readonly ended: RunOutcome }> {
    let cause: unknown = new RunStopped(
      'Runs ended in the middle of it: out of time, of memory, or killed',
    )
    let event = failed()
    for (;;) {
      const { attempts, parked } = lease.checkpoint
      // An event that was parked before gets one attempt each time.
      if (attempts > (parked ? 1 : this.#tries)) {
        return { ended: await this.park(lease, event, cause, passed()) }
      }
      const left = deadline() - performance.now()
      if (left < Math.min(this.#patience, MOST_NEEDED)) {
        return { ended: await this.unfinished(lease, passed()) }
      }
      try {
        return { result: await work(Math.min(this.#patience, left)) }
      } catch (error) {
        if (this.#isOutage(error)) throw error
        cause = error instanceof TakeInFailed ? error.cause : error
        event = error instanceof TakeInFailed ? error.event : failed()
      }
      const { attempts: counted } = lease.checkpoint
      await lease.write((checkpoint) => ({
        ...checkpoint,
        handled: passed(),
        attempts: counted + 1,
        due: this.due(),
      }))
      await delay(Math.random() * FIRST_PAUSE * 2 ** counted)
    }
  }

  /** Parks this resource alone, for a longer pause each time. Retries continue without a limit. */
  async park(
    lease: Lease,
    event: FailedEvent,
    cause: unknown,
    passed = event.number - 1,
  ): Promise<RunOutcome> {
    await lease.write((checkpoint) =>
      parkedFor({ ...checkpoint, handled: passed }, event, cause, Date.now()),
    )
    return { outcome: 'parked', checkpoint: lease.checkpoint, cause }
  }

  async unfinished(lease: Lease, passed: number): Promise<RunOutcome> {
    await this.#giveBack(lease, passed)
    return { outcome: 'unfinished' }
  }

  /** Makes the resource due for the next run. The attempt that was not made does not count. */
  #giveBack(lease: Lease, handled = lease.checkpoint.handled): Promise<void> {
    return lease.write((checkpoint) => {
      const { attempts } = checkpoint
      return { ...checkpoint, handled, attempts: attempts - 1, due: Date.now() }
    })
  }
}
