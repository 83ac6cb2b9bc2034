import { type Clock, Slots } from './engine/clock.ts'
import { Histogram } from './engine/histogram.ts'
import type { Environments, TokenBucket } from './engine/quotas.ts'
import { duration, pause, type Random } from './engine/random.ts'
import type { HotCommits } from './hot-commits.ts'
import type { Times } from './settings.ts'
import type { Stream } from './stream.ts'

export interface ReactionParts {
  readonly clock: Clock
  readonly random: Random
  readonly times: Times
  readonly functions: Environments
  /** The share of events that a reactor handles. */
  readonly share: number
  /** The write units of the index of due checkpoints. */
  readonly due: TokenBucket
  /** Commits of all reactions to one resource. Undefined: each reaction has its own resource. */
  readonly hot: HotCommits | undefined
  /** Receives each handled event: its reaction has committed two events. */
  readonly onReaction: () => void
}

/** The invocation that runs a batch's reactions. */
interface Run {
  readonly environment: number
  readonly committed: readonly number[]
  /** The stream's batch that waits for the run; -1: it waits no longer. */
  batch: number
  next: number
  lanes: number
  /** The time at which the processor is free. */
  processor: number
}

/** The resources that run at once (dispatcher.ts), and how long a batch waits (dispatcher-handler.ts). */
const LANES = 10
const BATCH_WAITS = 500
/** Measured: requests before and after the reaction's own commit, one after another. */
const REQUESTS_BEFORE = 5
const REQUESTS_AFTER = 1
/** Measured: write units of the index, of the three writes of a checkpoint. */
const DUE_UNITS = 4
const THROTTLED_PACE = { first: 25, longest: 1000 }

/** The dispatcher: each batch of the stream is handled by a second invocation. */
export class Reactions {
  /** The time from an event's commit to the end of its reaction. */
  readonly lag = new Histogram()
  throttledCheckpoints = 0
  /** Batches that took longer than the stream waits. */
  slowBatches = 0
  parked = 0
  readonly #parts: ReactionParts
  readonly #runs: Run[] = []
  readonly #runSlots = new Slots()
  readonly #lanes: number[] = []
  readonly #laneEvents: number[] = []
  readonly #laneRetries: number[] = []
  readonly #laneSlots = new Slots()
  readonly #began: number
  readonly #commit: number
  readonly #ended: number
  readonly #timeout: number
  readonly #nothing: number
  #waiting = 0
  #stream: Stream | undefined

  constructor(parts: ReactionParts) {
    this.#parts = parts
    const { clock } = parts
    this.#began = clock.kind((lane) => this.#begin(lane))
    this.#commit = clock.kind((lane) => this.#commitOf(lane))
    this.#ended = clock.kind((lane) => this.#endLane(lane, true))
    this.#timeout = clock.kind((run) => this.#stopWaiting(run))
    this.#nothing = clock.kind((batch) => this.#in().end(batch, true))
  }

  /** The events whose reactions have begun or wait in an invocation. */
  get waiting(): number {
    return this.#waiting
  }

  reads(stream: Stream): void {
    this.#stream = stream
  }

  handle(number: number): void {
    const { clock, random, times, share, functions } = this.#parts
    const batch = this.#in().batch(number)
    const start = batch.isCold ? duration(random, times.coldStart, times.spread) : 0
    const committed = batch.committed.filter(() => share === 1 || random.next() < share)
    if (committed.length === 0) {
      clock.after(start + times.dynamodb, this.#nothing, number)
      return
    }
    const environment = functions.take()
    if (environment < 0) {
      this.#in().end(number, false)
      return
    }
    const begins = start + (functions.isCold ? duration(random, times.coldStart, times.spread) : 0)
    const slot = this.#runSlots.take()
    const processor = clock.now + begins
    this.#runs[slot] = { environment, committed, batch: number, next: 0, lanes: 0, processor }
    this.#waiting += committed.length
    clock.after(start + BATCH_WAITS, this.#timeout, slot)
    for (let lane = 0; lane < Math.min(LANES, committed.length); lane += 1) {
      this.#nextEvent(slot, begins)
    }
  }

  #nextEvent(slot: number, delay: number): void {
    const run = this.#run(slot)
    if (run.next === run.committed.length) {
      if (run.lanes === 0) this.#endRun(slot)
      return
    }
    const lane = this.#laneSlots.take()
    this.#lanes[lane] = slot
    this.#laneEvents[lane] = run.committed[run.next] ?? 0
    this.#laneRetries[lane] = 0
    run.next += 1
    run.lanes += 1
    this.#parts.clock.after(delay, this.#began, lane)
  }

  /** Takes the lease and reads the history. The lanes share one processor. */
  #begin(lane: number): void {
    const { clock, random, times, due } = this.#parts
    if (!due.take(DUE_UNITS)) {
      this.throttledCheckpoints += 1
      const retries = this.#laneRetries[lane] ?? 0
      this.#laneRetries[lane] = retries + 1
      clock.after(pause(random, THROTTLED_PACE, retries), this.#began, lane)
      return
    }
    const run = this.#run(this.#lanes[lane] ?? 0)
    run.processor = Math.max(run.processor, clock.now) + times.reaction
    const requests = duration(random, REQUESTS_BEFORE * times.dynamodb, times.spread)
    clock.at(run.processor + requests, this.#commit, lane)
  }

  #commitOf(lane: number): void {
    const { clock, random, times, hot } = this.#parts
    const { environment } = this.#run(this.#lanes[lane] ?? 0)
    const after = () => duration(random, REQUESTS_AFTER * times.dynamodb, times.spread)
    if (!hot) {
      const own = duration(random, times.transaction, times.spread)
      clock.after(own + after(), this.#ended, lane)
      return
    }
    hot.commit(environment, (hasCommitted) => {
      if (hasCommitted) clock.after(after(), this.#ended, lane)
      else this.#endLane(lane, false)
    })
  }

  #endLane(lane: number, isHandled: boolean): void {
    const { clock, onReaction } = this.#parts
    const slot = this.#lanes[lane] ?? 0
    this.#laneSlots.release(lane)
    this.#waiting -= 1
    if (isHandled) {
      this.lag.add(clock.now - (this.#laneEvents[lane] ?? 0))
      onReaction()
    } else {
      this.parked += 1
    }
    this.#run(slot).lanes -= 1
    this.#nextEvent(slot, 0)
  }

  #endRun(slot: number): void {
    const { functions } = this.#parts
    const run = this.#run(slot)
    functions.release(run.environment)
    // The timeout of the batch still refers to the slot if it has not come.
    if (run.batch < 0) {
      this.#runSlots.release(slot)
      return
    }
    this.#in().end(run.batch, true)
    run.batch = -1
    run.lanes = -1
  }

  /** The stream goes on. The simulation leaves out that Lambda's queue repeats the work. */
  #stopWaiting(slot: number): void {
    const run = this.#run(slot)
    if (run.lanes < 0) {
      this.#runSlots.release(slot)
      return
    }
    this.slowBatches += 1
    this.#in().end(run.batch, true)
    run.batch = -1
  }

  #run(slot: number): Run {
    const run = this.#runs[slot]
    if (!run) throw new Error(`There is no invocation ${slot}`)
    return run
  }

  #in(): Stream {
    if (!this.#stream) throw new Error('The dispatcher reads no stream: call reads() first')
    return this.#stream
  }
}
