import { availableParallelism } from 'node:os'
import type { ExecutionEnvironment } from './execution-environment.ts'

/**
 * The number of environments that compute at the same time: the number of processors plus one,
 * since each sometimes waits for the store. More environments would each get less of a processor.
 * Each would also have to compile its code and update its own state.
 */
const LANES = availableParallelism() + 1
/** Milliseconds. A longer invocation counts as waiting, and leaves room for another. */
const COMPUTING_TIME = 100
/** Milliseconds for which code that loads for the first time counts as computing. */
const LOADING_TIME = 2000
/** The interval of checks for room while invocations wait, in milliseconds. */
const LOOK = 25
/** The longest time that an environment stays idle while another one exists, in milliseconds. */
const IDLE_LIMIT = 60_000

/** Starts an environment. `onDeath` is called if it ends by itself between two invocations. */
export type StartPooled = (onDeath: (self: ExecutionEnvironment) => void) => ExecutionEnvironment

interface Waiting {
  readonly lane: number
  readonly resolve: (environment: ExecutionEnvironment | undefined) => void
}

interface Idle {
  readonly environment: ExecutionEnvironment
  /** The lane of its last invocation, whose resources it knows. */
  readonly lane: number
  readonly since: number
}

/**
 * The execution environments of a function. Short invocations take turns in a few lanes.
 * Invocations about one resource use the same lane, so its environment has the resource's state in
 * memory. A long invocation leaves its lane, up to the function's concurrency; beyond that,
 * invocations wait.
 */
export class EnvironmentPool {
  readonly #start: StartPooled
  readonly #concurrency: number
  readonly #all = new Set<ExecutionEnvironment>()
  /**
   * The idle environments, most recently used last, so that the others can reach the idle limit.
   */
  #idle: Idle[] = []
  /** The busy environments, with their lane and the start of the work by `performance.now()`. */
  readonly #busy = new Map<ExecutionEnvironment, { readonly lane: number; since: number }>()
  readonly #waiting: Waiting[] = []
  #turn = 0
  #look: NodeJS.Timeout | undefined
  #stopped = false
  readonly #reclaimer: NodeJS.Timeout

  constructor(concurrency: number, start: StartPooled) {
    this.#concurrency = concurrency
    this.#start = start
    this.#reclaimer = setInterval(() => this.#reclaim(), IDLE_LIMIT / 2)
    this.#reclaimer.unref()
  }

  /**
   * Returns an environment for one invocation, once there is room. Returns undefined after `stop`,
   * or if the concurrency is 0.
   * @param about the resource that the invocation is about, if known
   */
  async acquire(about: string | undefined): Promise<ExecutionEnvironment | undefined> {
    if (this.#stopped || this.#concurrency === 0) return undefined
    const lane = (about === undefined ? this.#turn++ : hash(about)) % LANES
    return new Promise((resolve) => {
      this.#waiting.push({ lane, resolve })
      this.#serveWaiting()
    })
  }

  /**
   * Returns an environment to the pool.
   * @param usable whether it can run another invocation; otherwise it is ended
   */
  release(environment: ExecutionEnvironment, usable: boolean): void {
    const lane = this.#busy.get(environment)?.lane ?? 0
    this.#busy.delete(environment)
    if (usable) {
      this.#idle.push({ environment, lane, since: Date.now() })
    } else {
      this.#all.delete(environment)
      void environment.stop()
    }
    this.#serveWaiting()
  }

  /**
   * Ends the idle environments and starts one replacement at once, so that the next invocation does
   * not wait for code to load.
   */
  renew(): void {
    const idle = this.#idle.splice(0)
    for (const { environment } of idle) this.release(environment, false)
    const [latest] = idle.slice(-1)
    if (!latest || this.#all.size >= this.#concurrency) return
    this.#idle.push({ environment: this.#add(), lane: latest.lane, since: Date.now() })
  }

  /** Waits until no invocation runs or waits. */
  async drain(): Promise<void> {
    while (this.#busy.size > 0 || this.#waiting.length > 0) await tick()
  }

  /**
   * Ends every environment. Running invocations have `grace` milliseconds to finish. Waiting
   * invocations get no environment.
   */
  async stop(grace: number): Promise<void> {
    this.#stopped = true
    clearInterval(this.#reclaimer)
    clearTimeout(this.#look)
    for (const { resolve } of this.#waiting.splice(0)) resolve(undefined)
    const deadline = Date.now() + grace
    while (this.#busy.size > 0 && Date.now() < deadline) await tick()
    await Promise.all([...this.#all].map((environment) => environment.stop()))
    this.#all.clear()
  }

  #serveWaiting(): void {
    for (let next = this.#next(); next; next = this.#next()) next.resolve(this.#take(next.lane))
    clearTimeout(this.#look)
    if (this.#waiting.length > 0) this.#look = setTimeout(() => this.#serveWaiting(), LOOK)
  }

  /** Returns the next invocation in turn, if there is room for one. */
  #next(): Waiting | undefined {
    if (this.#waiting.length === 0 || this.#busy.size >= this.#concurrency) return undefined
    const latest = performance.now() - COMPUTING_TIME
    const computing = [...this.#busy.values()].filter(({ since }) => since > latest)
    const taken = new Set(computing.map(({ lane }) => lane))
    const index = this.#waiting.findIndex(({ lane }) => !taken.has(lane))
    return index < 0 ? undefined : this.#waiting.splice(index, 1)[0]
  }

  #take(lane: number): ExecutionEnvironment {
    const ofLane = this.#idle.findLastIndex((idle) => idle.lane === lane)
    const [idle] = this.#idle.splice(ofLane < 0 ? this.#idle.length - 1 : ofLane, 1)
    const environment = idle?.environment ?? this.#add()
    const isLoaded = idle !== undefined
    const work = { lane, since: performance.now() + (isLoaded ? 0 : LOADING_TIME) }
    this.#busy.set(environment, work)
    if (!isLoaded) {
      void environment.loaded.then(() => {
        work.since = Math.min(work.since, performance.now())
      })
    }
    return environment
  }

  #add(): ExecutionEnvironment {
    const added = this.#start((dead) => {
      this.#idle = this.#idle.filter(({ environment }) => environment !== dead)
      this.#all.delete(dead)
      void dead.stop()
    })
    this.#all.add(added)
    return added
  }

  #reclaim(): void {
    const before = Date.now() - IDLE_LIMIT
    const [oldest] = this.#idle
    if (!oldest || this.#all.size === 1 || oldest.since > before) return
    this.#idle.shift()
    this.release(oldest.environment, false)
    this.#reclaim()
  }
}

function tick(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 10)
  })
}

function hash(text: string): number {
  let sum = 0
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0
  return sum
}
