import { bindingOf } from '../binding.ts'
import { isEventSourcingError } from '../errors.ts'
import type { StoredEvent } from '../event.ts'
import { RunStopped } from '../runtime/composed-errors.ts'
import { within } from '../runtime/time-left.ts'
import { traced } from '../runtime/tracing.ts'
import type { EventStore } from '../store/event-store.ts'
import { Attempts, type RunOutcome } from './checkpoints/attempts.ts'
import { done, isBehind, settled } from './checkpoints/checkpoint.ts'
import type { CheckpointStore } from './checkpoints/checkpoint-store.ts'
import { type Lease, LeaseLost } from './checkpoints/lease.ts'
import { newRecord, type ReactorRecord } from './checkpoints/reactor-record.ts'
import { causeOf, concerns, originOf, type RunHandler, reactionTo } from './reaction-to.ts'
import { type AnyReactor, type BatchReactor, isBatchReactor } from './reactor.ts'
import { lastBefore, storedHistory } from './stored-history.ts'
import type { Timers } from './wakes/timers.ts'

export interface ReactorRunnerOptions {
  readonly name: string
  readonly reactor: AnyReactor
  readonly checkpoints: CheckpointStore
  /** The timers of the reactor. */
  readonly timers: Timers
  /** Receives each handled event and the duration of its handler, in milliseconds. */
  readonly handled: (event: StoredEvent, time: number) => void
}

/** How long a process goes on before it asks again whether the reactor is paused, in milliseconds. */
const RUNS_FOR = 2000

/** One reactor: its start, and its runs for single resources. */
export class ReactorRunner {
  readonly name: string
  readonly #reactor: AnyReactor
  readonly #checkpoints: CheckpointStore
  readonly #timers: Timers
  readonly #attempts: Attempts
  readonly #handled: (event: StoredEvent, time: number) => void
  #began: string | undefined
  /** Until then, the reactor counts as not paused, as a value of `performance.now()`. */
  #runsUntil = 0

  constructor({ name, reactor, checkpoints, timers, handled }: ReactorRunnerOptions) {
    this.name = name
    this.#reactor = reactor
    this.#checkpoints = checkpoints
    this.#timers = timers
    this.#attempts = new Attempts({
      ...{ patience: reactor.patience, tries: reactor.tries },
      isOutage: (error) => this.#isOutage(error),
    })
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
  run(id: string, seen: number, isAlone = false): Promise<RunOutcome> {
    // A reactor that begins at the beginning needs no write to decide its start.
    const handled = this.#reactor.begins === 'beginning' ? 0 : undefined
    const wanted = { reactor: this.name, id, seen, handled, isAlone }
    return this.#attempts.underLease(this.#checkpoints, wanted, (lease) =>
      this.#runUnderLease(lease),
    )
  }

  async #runUnderLease(lease: Lease): Promise<RunOutcome> {
    const { id, handled } = lease.checkpoint
    const begins = handled ?? (await this.#beginning(id))
    if (handled === undefined) {
      const due = this.#attempts.due()
      await lease.write((checkpoint) => ({ ...checkpoint, handled: begins, due }))
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
          if (reaction && (await this.isPaused())) return this.#attempts.unfinished(lease, passed)
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
      return this.#attempts.park(lease, { number: passed + 1, type: '' }, error)
    }
    return this.#settle(lease, handled, passed)
  }

  /** Lets a batch reactor take in all events after the checkpoint, like `#catchUp`. */
  async #takeIn(lease: Lease, reactor: BatchReactor): Promise<RunOutcome | undefined> {
    const { id, handled = 0 } = lease.checkpoint
    let passed = handled
    const keep = async (number: number) => {
      passed = number
      await lease.write((checkpoint) => done(checkpoint, number, this.#attempts.due()))
    }
    const work = async (time: number) => {
      if (await this.isPaused()) return undefined
      const signal = AbortSignal.timeout(Math.ceil(time))
      return within(time, () => reactor.takeIn({ id, after: passed, signal, keep }))
    }
    const next = () => ({ number: passed + 1, type: '' })
    const attempted = await this.#attempts.run(lease, work, { failed: next, passed: () => passed })
    if ('ended' in attempted) return attempted.ended
    if (attempted.result === undefined) return this.#attempts.unfinished(lease, passed)
    return this.#settle(lease, handled, attempted.result)
  }

  /**
   * Releases the lease after all stored events, unless newer events have become known.
   * @param handled the number of the last event that was handled before
   */
  async #settle(lease: Lease, handled: number, last: number): Promise<RunOutcome | undefined> {
    const { id } = lease.checkpoint
    if (last > handled || !isBehind(lease.checkpoint)) {
      await lease.write((checkpoint) => settled(checkpoint, last, this.#attempts.due()))
      return undefined
    }
    const missing = { number: last + 1, type: '' }
    return this.#attempts.park(
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
    if (passed === handled || this.#attempts.isLong(due)) return
    await lease.write((checkpoint) => done(checkpoint, passed, this.#attempts.due()))
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
      const calls = await this.#traced(event, () => react(time))
      this.#handled(event, performance.now() - began)
      return calls
    }
    const place = { failed: () => event, passed: () => passed }
    const attempted = await this.#attempts.run(lease, work, place)
    if ('ended' in attempted) return attempted.ended
    const asker = { number: event.number, cause: causeOf(event.meta) }
    await this.#timers.store(event.id, attempted.result, asker)
    const end = isLast ? settled : done
    await lease.write((checkpoint) => end(checkpoint, event.number, this.#attempts.due()))
    return undefined
  }

  /** A handler may call any store, so its StoreUnavailable may concern this resource alone. */
  #isOutage(error: unknown): boolean {
    if (isBatchReactor(this.#reactor)) return isInfrastructureFailure(error)
    return error instanceof LeaseLost
  }

  /** Runs an attempt in its own subsegment, which names the request that caused the event. */
  #traced<T>({ id, number, type, meta }: StoredEvent, attempt: () => Promise<T>) {
    return traced('reaction', (annotate) => {
      const about = { reactor: this.name, resource: id, number, event: type }
      annotate({ ...about, ...originOf(causeOf(meta)) })
      return attempt()
    })
  }

  /** Returns the number of the last event before the reactor's start. */
  async #beginning(id: string): Promise<number> {
    return lastBefore(this.store, id, Date.parse(await this.startDate()))
  }
}

/**
 * Whether an error is a lost lease or affects all resources. Such an error does not park the
 * resource.
 */
function isInfrastructureFailure(error: unknown): boolean {
  return error instanceof LeaseLost || isEventSourcingError(error, 'StoreUnavailable')
}
