import { setTimeout as delay } from 'node:timers/promises'
import { bindingOf } from '../binding.ts'
import { isEventSourcingError } from '../errors.ts'
import type { StoredEvent } from '../event.ts'
import { RunStopped } from '../runtime/composed-errors.ts'
import { deadline, within } from '../runtime/time-left.ts'
import { traced } from '../runtime/tracing.ts'
import type { EventStore } from '../store/event-store.ts'
import {
  type Checkpoint,
  done,
  type FailedEvent,
  isBehind,
  parkedFor,
  settled,
} from './checkpoints/checkpoint.ts'
import type { CheckpointStore } from './checkpoints/checkpoint-store.ts'
import { Lease, LeaseLost, type NotTaken } from './checkpoints/lease.ts'
import { newRecord, type ReactorRecord } from './checkpoints/reactor-record.ts'
import { concerns, type RunHandler, reactionTo } from './reaction-to.ts'
import { type AnyReactor, type BatchReactor, isBatchReactor, TakeInFailed } from './reactor.ts'
import { lastBefore, storedHistory } from './stored-history.ts'

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

export interface ReactorRunnerOptions {
  readonly name: string
  readonly reactor: AnyReactor
  readonly checkpoints: CheckpointStore
  /** Receives each handled event and the duration of its handler, in milliseconds. */
  readonly handled: (event: StoredEvent, time: number) => void
}

const PATIENCE = 10_000
const TRIES = 3
/** The time that a lease adds to the handler's limit for the writes around it, in milliseconds. */
const MARGIN = 10_000
const FIRST_PAUSE = 50
/** How long a process goes on before it asks again whether the reactor is paused, in milliseconds. */
const RUNS_FOR = 2000
/**
 * An event starts if `patience` is left, or this time if `patience` is longer. In milliseconds.
 */
const MOST_NEEDED = 240_000

/** Where work stands when an attempt fails. */
interface Place {
  /** Returns the event that is assumed to fail. */
  readonly failed: () => FailedEvent
  /** Returns the number of the last event that is handled or skipped. */
  readonly passed: () => number
}

/** One reactor: its start, and its runs for single resources. */
export class ReactorRunner {
  readonly name: string
  readonly #reactor: AnyReactor
  readonly #checkpoints: CheckpointStore
  readonly #handled: (event: StoredEvent, time: number) => void
  #began: string | undefined
  /** Until then, the reactor counts as not paused, as a value of `performance.now()`. */
  #runsUntil = 0

  constructor({ name, reactor, checkpoints, handled }: ReactorRunnerOptions) {
    this.name = name
    this.#reactor = reactor
    this.#checkpoints = checkpoints
    this.#handled = handled
  }

  /** The store of the resources to which the reactor reacts. */
  get store(): EventStore {
    return bindingOf(this.#reactor.of).store
  }

  /** Whether the reactor has to read events with a stored type. */
  concerns(type: string): boolean {
    return concerns(this.#reactor, type)
  }

  /** Returns the reactor's record. Registers a new reactor. */
  async record(): Promise<ReactorRecord> {
    const there = await this.#checkpoints.reactor(this.name)
    if (there) return there
    const fresh = newRecord(this.name, this.#reactor.begins, Date.now())
    const put = await this.#checkpoints.putReactor(fresh)
    // Another process may have registered it first.
    return put.outcome === 'stored' ? put.stored : (put.by ?? this.record())
  }

  /** Returns the start of the reactor, as ISO 8601. */
  async startDate(): Promise<string> {
    this.#began ??= (await this.record()).began
    return this.#began
  }

  /**
   * Whether an operator has paused the reactor. Registers a new reactor. Finds out within two
   * seconds. A pause is never taken from memory: the events that it keeps back are found again only
   * if it ends later.
   */
  async isPaused(): Promise<boolean> {
    if (performance.now() < this.#runsUntil) return false
    const { paused, began } = await this.record()
    this.#began = began
    if (paused === undefined) this.#runsUntil = performance.now() + RUNS_FOR
    return paused !== undefined
  }

  /**
   * Handles the events after the checkpoint, in order, up to the newest.
   * @param isAlone whether nothing else runs in this process
   */
  async run(id: string, seen: number, isAlone = false): Promise<RunOutcome> {
    const wanted = { reactor: this.name, id, seen, length: this.#length, isAlone }
    const lease = await Lease.take(this.#checkpoints, wanted)
    if (!(lease instanceof Lease)) return lease
    return traced('react', async (annotate) => {
      annotate({ resource: id })
      try {
        return await this.#runUnderLease(lease)
      } catch (error) {
        // The failure does not count as an attempt. If this write also fails, the lease expires.
        if (!(error instanceof LeaseLost)) await this.#giveBack(lease).catch(() => {})
        throw error
      }
    })
  }

  async #runUnderLease(lease: Lease): Promise<RunOutcome> {
    const { id, handled } = lease.checkpoint
    const begins = handled ?? (await this.#beginning(id))
    if (handled === undefined) {
      await lease.write((checkpoint) => ({ ...checkpoint, handled: begins, due: this.#due() }))
    }
    const reactor = this.#reactor
    do {
      const ended = isBatchReactor(reactor)
        ? await this.#takeIn(lease, reactor)
        : await this.#catchUp(lease)
      if (ended) return ended
    } while (lease.isHeld)
    return { outcome: 'done', handled: lease.checkpoint.handled ?? 0 }
  }

  /**
   * Handles the events after the checkpoint, one by one. Returns undefined when all are handled.
   * The lease is then released, unless newer events have become known.
   */
  async #catchUp(lease: Lease): Promise<RunOutcome | undefined> {
    const { id, handled = 0 } = lease.checkpoint
    let passed = handled
    try {
      for await (const { page, isLast: isLastPage } of storedHistory(this.store, id, handled)) {
        for (const event of page) {
          const reaction = reactionTo(this.name, this.#reactor, event)
          if (reaction && (await this.isPaused())) return this.#unfinished(lease, passed)
          if (reaction) {
            const isLast = isLastPage && event === page.at(-1)
            const ended = await this.#handle(lease, event, reaction, { passed, isLast })
            if (ended || !lease.isHeld) return ended
          }
          passed = event.number
        }
        await this.#keep(lease, passed)
      }
    } catch (error) {
      if (isInfrastructureFailure(error)) throw error
      return this.#park(lease, { number: passed + 1, type: '' }, error)
    }
    return this.#settle(lease, handled, passed)
  }

  /** Lets a batch reactor take in all events after the checkpoint, like `#catchUp`. */
  async #takeIn(lease: Lease, reactor: BatchReactor): Promise<RunOutcome | undefined> {
    const { id, handled = 0 } = lease.checkpoint
    let passed = handled
    const keep = async (number: number) => {
      passed = number
      await lease.write((checkpoint) => done(checkpoint, number, this.#due()))
    }
    const work = async (time: number) => {
      if (await this.isPaused()) return undefined
      const signal = AbortSignal.timeout(Math.ceil(time))
      return within(time, () => reactor.takeIn({ id, after: passed, signal, keep }))
    }
    const next = () => ({ number: passed + 1, type: '' })
    const attempted = await this.#attempt(lease, work, { failed: next, passed: () => passed })
    if ('ended' in attempted) return attempted.ended
    if (attempted.result === undefined) return this.#unfinished(lease, passed)
    return this.#settle(lease, handled, attempted.result)
  }

  /**
   * Releases the lease after all stored events, unless newer events have become known.
   * @param handled the number of the last event that was handled before
   */
  async #settle(lease: Lease, handled: number, last: number): Promise<RunOutcome | undefined> {
    const { id } = lease.checkpoint
    if (last > handled || !isBehind(lease.checkpoint)) {
      await lease.write((checkpoint) => settled(checkpoint, last, this.#due()))
      return undefined
    }
    const missing = { number: last + 1, type: '' }
    return this.#park(
      lease,
      missing,
      new RunStopped(
        `The stream announced event ${last + 1} of ${id}, but the table does not have it`,
      ),
    )
  }

  /** Extends the lease when many events are skipped, because skipping writes nothing. */
  async #keep(lease: Lease, passed: number): Promise<void> {
    const { handled = 0, due = 0 } = lease.checkpoint
    if (passed === handled || due - Date.now() > MARGIN) return
    await lease.write((checkpoint) => done(checkpoint, passed, this.#due()))
  }

  /** Handles one event. Releases the lease after the last one, unless newer events are known. */
  async #handle(
    lease: Lease,
    event: StoredEvent,
    react: RunHandler,
    { passed, isLast }: { readonly passed: number; readonly isLast: boolean },
  ): Promise<RunOutcome | undefined> {
    const work = async (time: number) => {
      const began = performance.now()
      await this.#traced(event, () => react(time))
      this.#handled(event, performance.now() - began)
    }
    const place = { failed: () => event, passed: () => passed }
    const attempted = await this.#attempt(lease, work, place)
    if ('ended' in attempted) return attempted.ended
    const end = isLast ? settled : done
    await lease.write((checkpoint) => end(checkpoint, event.number, this.#due()))
    return undefined
  }

  /**
   * Attempts work with short retries. The lease has counted the first attempt. A write before each
   * further attempt counts that attempt. After the last attempt, the resource is parked.
   */
  async #attempt<T>(
    lease: Lease,
    work: (time: number) => Promise<T>,
    { failed, passed }: Place,
  ): Promise<{ readonly result: T } | { readonly ended: RunOutcome }> {
    const { tries = TRIES, patience = PATIENCE } = this.#reactor
    let cause: unknown = new RunStopped(
      'Runs ended in the middle of it: out of time, of memory, or killed',
    )
    let event = failed()
    for (;;) {
      const { attempts, parked } = lease.checkpoint
      // An event that was parked before gets one attempt each time.
      if (attempts > (parked ? 1 : tries)) {
        return { ended: await this.#park(lease, event, cause, passed()) }
      }
      const left = deadline() - performance.now()
      if (left < Math.min(patience, MOST_NEEDED)) {
        return { ended: await this.#unfinished(lease, passed()) }
      }
      try {
        return { result: await work(Math.min(patience, left)) }
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
        due: this.#due(),
      }))
      await delay(Math.random() * FIRST_PAUSE * 2 ** counted)
    }
  }

  /** A handler may call any store, so its StoreUnavailable may concern this resource alone. */
  #isOutage(error: unknown): boolean {
    if (isBatchReactor(this.#reactor)) return isInfrastructureFailure(error)
    return error instanceof LeaseLost
  }

  /** Runs an attempt in its own subsegment, which names the request that caused the event. */
  #traced({ id, number, type, meta }: StoredEvent, attempt: () => Promise<void>) {
    return traced('reaction', (annotate) => {
      const { traceId, actor } = meta
      annotate({
        ...{ reactor: this.name, resource: id, number, event: type },
        ...(traceId !== undefined && { cause: traceId }),
        ...(actor !== undefined && { actor }),
      })
      return attempt()
    })
  }

  /** Parks this resource alone, for a longer pause each time. Retries continue without a limit. */
  async #park(
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

  async #unfinished(lease: Lease, passed: number): Promise<RunOutcome> {
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

  /** Returns the number of the last event before the reactor's start. */
  async #beginning(id: string): Promise<number> {
    if (this.#reactor.begins === 'beginning') return 0
    return lastBefore(this.store, id, Date.parse(await this.startDate()))
  }

  #due(): number {
    return Date.now() + this.#length
  }

  get #length(): number {
    return (this.#reactor.patience ?? PATIENCE) + MARGIN
  }
}

/**
 * Whether an error is a lost lease or affects all resources. Such an error does not park the
 * resource.
 */
function isInfrastructureFailure(error: unknown): boolean {
  return error instanceof LeaseLost || isEventSourcingError(error, 'StoreUnavailable')
}
