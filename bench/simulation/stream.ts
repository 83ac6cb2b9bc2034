import type { Clock } from './engine/clock.ts'
import { Histogram } from './engine/histogram.ts'
import type { Environments } from './engine/quotas.ts'
import { pause, type Random } from './engine/random.ts'
import { RecordLog } from './engine/record-log.ts'

/** A batch of a shard, as Lambda passes it to a function. */
export interface Batch {
  readonly shard: number
  readonly environment: number
  readonly isCold: boolean
  /** The times of the commits. */
  readonly committed: readonly number[]
}

export interface StreamOptions {
  readonly clock: Clock
  readonly random: Random
  readonly functions: Environments
  readonly shards: number
  /** Batches of a shard that run at once. */
  readonly atOnce: number
  /** Handles a batch. The handler calls `end` with the batch's number. */
  readonly handle: (batch: number) => void
}

/** The records of a batch: BATCH in event-table.ts. */
const BATCH = 100
/** Lambda reads an idle shard four times a second: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
const POLL = 250
/** The pauses before Lambda repeats a failed or throttled batch. AWS documents no values. */
const RETRY_PACE = { first: 500, longest: 60_000 }

/** The event source mapping of a function: reads shards in order, batch after batch. */
export class Stream {
  /** The time from a commit to the end of its batch. */
  readonly lag = new Histogram()
  throttledInvocations = 0
  failedBatches = 0
  readonly #options: StreamOptions
  readonly #logs: RecordLog[]
  readonly #busy: Int32Array
  readonly #retries: Int32Array
  readonly #armed: Uint8Array
  /** The shard that has to end before this one begins; -1: none. */
  readonly #parents: Int32Array
  readonly #batches: (Batch | undefined)[] = []
  readonly #free: number[] = []
  readonly #start: number
  #waiting = 0

  constructor(options: StreamOptions) {
    this.#options = options
    const { clock, shards } = options
    this.#logs = Array.from({ length: shards }, () => new RecordLog())
    this.#busy = new Int32Array(shards)
    this.#retries = new Int32Array(shards)
    this.#armed = new Uint8Array(shards)
    this.#parents = new Int32Array(shards).fill(-1)
    this.#start = clock.kind((shard) => {
      this.#armed[shard] = 0
      this.#run(shard)
    })
  }

  /** The records that no batch has begun. */
  get waiting(): number {
    return this.#waiting
  }

  /** The age of the oldest record that waits, in milliseconds: AWS calls it IteratorAge. */
  get age(): number {
    const oldest = this.#logs.reduce((least, log) => Math.min(least, log.oldest), Infinity)
    return Math.max(0, this.#options.clock.now - oldest)
  }

  batch(number: number): Batch {
    const batch = this.#batches[number]
    if (!batch) throw new Error(`There is no batch ${number}`)
    return batch
  }

  /** A shard begins when another has been read to its end. */
  follow(shard: number, parent: number): void {
    this.#parents[shard] = parent
  }

  add(shard: number): void {
    this.#logs[shard]?.add(this.#options.clock.now)
    this.#waiting += 1
    const isIdle = this.#armed[shard] === 0 && (this.#busy[shard] ?? 0) < this.#options.atOnce
    if (isIdle) this.#arm(shard, this.#options.random.next() * POLL)
  }

  /** Ends a batch. After a failure, its records come again, before all others of the shard. */
  end(number: number, hasSucceeded: boolean): void {
    const { clock, functions, random } = this.#options
    const { shard, environment, committed } = this.batch(number)
    functions.release(environment)
    this.#batches[number] = undefined
    this.#free.push(number)
    this.#busy[shard] = (this.#busy[shard] ?? 0) - 1
    if (!hasSucceeded) {
      this.failedBatches += 1
      this.#logs[shard]?.putBack(committed)
      this.#waiting += committed.length
      this.#arm(shard, this.#pause(shard, random))
      return
    }
    this.#retries[shard] = 0
    for (const time of committed) this.lag.add(clock.now - time)
    this.#run(shard)
    if (this.#isAtEnd(shard)) this.#beginChildren(shard)
  }

  #isAtEnd(shard: number): boolean {
    return this.#busy[shard] === 0 && this.#logs[shard]?.size === 0
  }

  #beginChildren(parent: number): void {
    for (const [shard, its] of this.#parents.entries()) {
      if (its === parent) this.#arm(shard, this.#options.random.next() * POLL)
    }
  }

  #pause(shard: number, random: Random): number {
    const retries = this.#retries[shard] ?? 0
    this.#retries[shard] = retries + 1
    return pause(random, RETRY_PACE, retries)
  }

  #arm(shard: number, delay: number): void {
    if (this.#armed[shard] === 1 || (this.#busy[shard] ?? 0) >= this.#options.atOnce) return
    const parent = this.#parents[shard] ?? -1
    if (parent >= 0 && !this.#isAtEnd(parent)) return
    this.#armed[shard] = 1
    this.#options.clock.after(delay, this.#start, shard)
  }

  /** Starts batches until the shard is empty or busy. */
  #run(shard: number): void {
    const { functions, atOnce, handle, random } = this.#options
    const log = this.#logs[shard]
    while (log && log.size > 0 && this.#armed[shard] === 0 && (this.#busy[shard] ?? 0) < atOnce) {
      const environment = functions.take()
      if (environment < 0) {
        this.throttledInvocations += 1
        this.#arm(shard, this.#pause(shard, random))
        return
      }
      const committed = Array.from({ length: Math.min(BATCH, log.size) }, () => log.remove())
      this.#waiting -= committed.length
      const number = this.#free.pop() ?? this.#batches.length
      this.#batches[number] = { shard, environment, isCold: functions.isCold, committed }
      this.#busy[shard] = (this.#busy[shard] ?? 0) + 1
      handle(number)
    }
  }
}
