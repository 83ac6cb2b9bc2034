import { type Clock, Slots } from './engine/clock.ts'
import { Histogram } from './engine/histogram.ts'
import type { Environments, TokenBucket } from './engine/quotas.ts'
import { duration, pause, type Random } from './engine/random.ts'
import type { Settings, Times } from './settings.ts'

/** The parts of AWS that commands use. */
export interface CommandParts {
  readonly clock: Clock
  readonly random: Random
  readonly settings: Settings
  readonly tokens: TokenBucket
  readonly functions: Environments
  /** The write units of each partition. */
  readonly partitions: readonly TokenBucket[]
  readonly partitionOf: (resource: number) => number
  /** The version of each resource. The first one is the hot one. */
  readonly versions: Int32Array
  /** Receives each committed event. */
  readonly onCommit: (partition: number) => void
}

/** The time limit of a command, in milliseconds: Lambda's 20 seconds, without the answer. */
const LIMIT = 19_500
/** The pauses of the commit and of the store: PACE in commit.ts and in retries.ts. */
const CONFLICT_PACE = { first: 10, longest: 500 }
const THROTTLED_PACE = { first: 25, longest: 1000 }

/** Commands on their way: AppSync, function, read, conditional put, retries. README: steps 1 to 5. */
export class Commands {
  latency = new Histogram()
  offered = 0
  accepted = 0
  /** Rejected by AppSync's quota, by Lambda's, and by the time limit of the command. */
  throttledByAppSync = 0
  throttledByLambda = 0
  outOfTime = 0
  conflicts = 0
  throttledPuts = 0
  puts = 0
  reads = 0
  readonly #parts: CommandParts
  readonly #times: Times
  readonly #slots = new Slots()
  readonly #read: number
  readonly #put: number
  readonly #end: number
  readonly #began: number[] = []
  readonly #environment: number[] = []
  readonly #resource: number[] = []
  /** The version that the command knows. */
  readonly #known: number[] = []
  readonly #conflicted: number[] = []
  readonly #throttled: number[] = []
  /** The version of the hot resource that each environment has cached; 0: none. */
  readonly #cached: number[] = []

  constructor(parts: CommandParts) {
    this.#parts = parts
    this.#times = parts.settings.times
    const { clock } = parts
    this.#read = clock.kind((slot) => this.#readState(slot))
    this.#put = clock.kind((slot) => this.#putEvent(slot))
    this.#end = clock.kind((slot) => this.#answer(slot))
  }

  /** The commands that are on their way. */
  get underWay(): number {
    return this.#slots.taken
  }

  get throttled(): number {
    return this.throttledByAppSync + this.throttledByLambda + this.outOfTime
  }

  /** A client sends a command. Returns whether AppSync and Lambda accept it. */
  send(resource: number): boolean {
    const { clock, tokens, functions, random } = this.#parts
    this.offered += 1
    if (!tokens.take()) {
      this.throttledByAppSync += 1
      return false
    }
    const environment = functions.take()
    if (environment < 0) {
      this.throttledByLambda += 1
      return false
    }
    const { appsync, coldStart, command, spread } = this.#times
    const slot = this.#slots.take()
    this.#began[slot] = clock.now
    this.#environment[slot] = environment
    this.#resource[slot] = resource
    this.#conflicted[slot] = 0
    this.#throttled[slot] = 0
    const start = functions.isCold ? duration(random, coldStart, spread) : 0
    if (functions.isCold) this.#cached[environment] = 0
    const begins = start + duration(random, appsync, spread) / 2 + duration(random, command, spread)
    // Only the state of the hot resource is cached: see docs/scale.md.
    const cached = resource === 0 ? (this.#cached[environment] ?? 0) : 0
    this.#known[slot] = cached
    clock.after(begins + this.#half(), cached > 0 ? this.#put : this.#read, slot)
    return true
  }

  /** DynamoDB reads the history: the command learns the newest version. */
  #readState(slot: number): void {
    const { clock, versions } = this.#parts
    this.reads += 1
    this.#known[slot] = versions[this.#resource[slot] ?? 0] ?? 0
    // The time of the first decision is a part of the command's.
    const decides = (this.#conflicted[slot] ?? 0) > 0 ? this.#decide() : 0
    clock.after(this.#half() + decides + this.#half(), this.#put, slot)
  }

  /** A conditional put arrives at DynamoDB. */
  #putEvent(slot: number): void {
    const { clock, random, versions, partitions, partitionOf, onCommit } = this.#parts
    const resource = this.#resource[slot] ?? 0
    const partition = partitionOf(resource)
    const back = this.#half()
    if (!partitions[partition]?.take()) {
      this.throttledPuts += 1
      const retries = this.#throttled[slot] ?? 0
      this.#throttled[slot] = retries + 1
      const wait = back + pause(random, THROTTLED_PACE, retries) + this.#half()
      this.#retry(slot, wait, this.#put)
      return
    }
    this.puts += 1
    const known = this.#known[slot] ?? 0
    if (versions[resource] === known) {
      versions[resource] = known + 1
      onCommit(partition)
      this.#known[slot] = known + 1
      clock.after(back, this.#end, slot)
      return
    }
    this.conflicts += 1
    const conflicted = (this.#conflicted[slot] ?? 0) + 1
    this.#conflicted[slot] = conflicted
    // The failed put returns one event. The first retry runs at once on it.
    this.#known[slot] = known + 1
    if (conflicted === 1) {
      this.#retry(slot, back + this.#decide() + this.#half(), this.#put)
      return
    }
    const wait = back + pause(random, CONFLICT_PACE, conflicted - 2) + this.#half()
    this.#retry(slot, wait, this.#read)
  }

  #retry(slot: number, wait: number, kind: number): void {
    const { clock } = this.#parts
    if (clock.now + wait - (this.#began[slot] ?? 0) < LIMIT) {
      clock.after(wait, kind, slot)
      return
    }
    this.outOfTime += 1
    this.#release(slot)
  }

  #answer(slot: number): void {
    const { clock, random } = this.#parts
    this.accepted += 1
    if (this.#resource[slot] === 0) {
      this.#cached[this.#environment[slot] ?? 0] = this.#known[slot] ?? 0
    }
    const back = duration(random, this.#times.appsync, this.#times.spread) / 2
    this.latency.add(clock.now + back - (this.#began[slot] ?? 0))
    this.#release(slot)
  }

  #release(slot: number): void {
    const environment = this.#environment[slot] ?? 0
    this.#parts.functions.release(environment)
    this.#slots.release(slot)
    this.onFree(environment)
  }

  /** Runs when a command has left its environment. A closed loop sends its next command. */
  onFree: (environment: number) => void = () => {}

  /** The processor time of a further attempt: the rules, the event, the signature. */
  #decide(): number {
    return duration(this.#parts.random, this.#times.attempt, this.#times.spread)
  }

  /** One way of a request to DynamoDB. */
  #half(): number {
    return duration(this.#parts.random, this.#times.dynamodb, this.#times.spread) / 2
  }
}
