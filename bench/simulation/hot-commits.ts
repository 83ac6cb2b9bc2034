import { type Clock, Slots } from './engine/clock.ts'
import type { TokenBucket } from './engine/quotas.ts'
import { duration, pause, type Random } from './engine/random.ts'
import type { Times } from './settings.ts'

export interface HotCommitParts {
  readonly clock: Clock
  readonly random: Random
  readonly times: Times
  /** The write units of the resource's partition. */
  readonly partition: TokenBucket
}

type Done = (hasCommitted: boolean) => void

/** A commit that waits for its turn in an environment, or retries. */
interface Commit {
  readonly environment: number
  readonly done: Done
  began: number
  conflicts: number
  throttled: number
  tries: number
  known: number
}

/** A put in a transaction costs two units. */
const UNITS = 2
/** The time limit of a reaction, and its attempts before the resource is parked: reactor-runner.ts. */
const PATIENCE = 10_000
const TRIES = 3
const CONFLICT_PACE = { first: 10, longest: 500 }
const STORE_PACE = { first: 25, longest: 1000 }

/** Transactions of many environments that all change one resource. */
export class HotCommits {
  committed = 0
  conflicts = 0
  throttled = 0
  readonly #parts: HotCommitParts
  readonly #commits: Commit[] = []
  readonly #slots = new Slots()
  /** The commits that wait, by environment: one process commits to a resource one by one. */
  readonly #turns = new Map<number, number[]>()
  readonly #cached = new Map<number, number>()
  readonly #read: number
  readonly #put: number
  readonly #stored: number
  #version = 1
  #isLocked = false

  constructor(parts: HotCommitParts) {
    this.#parts = parts
    const { clock } = parts
    this.#read = clock.kind((commit) => this.#readState(commit))
    this.#put = clock.kind((commit) => this.#transact(commit))
    this.#stored = clock.kind((commit) => this.#store(commit))
  }

  commit(environment: number, done: Done): void {
    const { now } = this.#parts.clock
    const commit = { environment, done, began: now, conflicts: 0, throttled: 0, tries: 0, known: 0 }
    const number = this.#slots.take()
    this.#commits[number] = commit
    const turns = this.#turns.get(environment)
    if (turns) turns.push(number)
    else {
      this.#turns.set(environment, [])
      this.#begin(number)
    }
  }

  #begin(number: number): void {
    const commit = this.#of(number)
    commit.known = this.#cached.get(commit.environment) ?? 0
    this.#parts.clock.after(this.#half(), commit.known > 0 ? this.#put : this.#read, number)
  }

  #readState(number: number): void {
    this.#of(number).known = this.#version
    this.#parts.clock.after(this.#half() + this.#decide() + this.#half(), this.#put, number)
  }

  #transact(number: number): void {
    const { clock, random, times, partition } = this.#parts
    const commit = this.#of(number)
    // DynamoDB throttles, or another transaction has locked the item: the store retries.
    if (!partition.take(UNITS) || this.#isLocked) {
      this.throttled += 1
      commit.throttled += 1
      const wait = pause(random, STORE_PACE, commit.throttled - 1)
      this.#retry(number, 2 * this.#half() + wait, this.#put)
      return
    }
    if (commit.known === this.#version) {
      this.#isLocked = true
      clock.after(duration(random, times.transaction, times.spread) / 2, this.#stored, number)
      return
    }
    this.conflicts += 1
    commit.conflicts += 1
    commit.known += 1
    if (commit.conflicts === 1) {
      this.#retry(number, 2 * this.#half() + this.#decide(), this.#put)
      return
    }
    const wait = pause(random, CONFLICT_PACE, commit.conflicts - 2)
    this.#retry(number, 2 * this.#half() + wait, this.#read)
  }

  #store(number: number): void {
    const commit = this.#of(number)
    this.#isLocked = false
    this.#version += 1
    this.committed += 1
    this.#cached.set(commit.environment, this.#version)
    this.#end(number, true)
  }

  #retry(number: number, wait: number, kind: number): void {
    const { clock } = this.#parts
    const commit = this.#of(number)
    if (clock.now + wait - commit.began > PATIENCE) {
      commit.tries += 1
      if (commit.tries === TRIES) {
        this.#end(number, false)
        return
      }
      commit.began = clock.now
      commit.conflicts = 0
      commit.throttled = 0
    }
    clock.after(wait, kind, number)
  }

  #end(number: number, hasCommitted: boolean): void {
    const { environment, done } = this.#of(number)
    this.#slots.release(number)
    const turns = this.#turns.get(environment) ?? []
    const next = turns.shift()
    if (next === undefined) this.#turns.delete(environment)
    else this.#begin(next)
    done(hasCommitted)
  }

  #of(number: number): Commit {
    const commit = this.#commits[number]
    if (!commit) throw new Error(`There is no commit ${number}`)
    return commit
  }

  /** The processor time of an attempt. */
  #decide(): number {
    return duration(this.#parts.random, this.#parts.times.attempt, this.#parts.times.spread)
  }

  #half(): number {
    return duration(this.#parts.random, this.#parts.times.dynamodb, this.#parts.times.spread) / 2
  }
}
