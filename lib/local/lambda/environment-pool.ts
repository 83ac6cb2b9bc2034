import { availableParallelism } from 'node:os'
import type { ExecutionEnvironment } from './execution-environment.ts'

/**
 * Invocations that compute run in as many environments at once: one more than there are processors,
 * since each waits for the store now and then. With more of them, each would have less of a
 * processor, and would have to compile its code and to bring its own state up to date.
 */
const LANES = availableParallelism() + 1
/** An invocation that takes longer, in milliseconds, is taken to wait, and leaves room for another. */
const COMPUTING_TIME = 100
/** As long as code that is loaded for the first time is taken to compute. */
const LOADING_TIME = 2000
/** How often it is looked whether there is room, while invocations wait for it. */
const LOOK = 25
/** How long an execution environment may wait for work while there is another, in milliseconds. */
const IDLE_LIMIT = 60_000

/** Starts an environment. `onDeath` is called if it ends by itself between two invocations. */
export type StartEnvironment = (
  onDeath: (self: ExecutionEnvironment) => void,
) => ExecutionEnvironment

interface Waiting {
  readonly lane: number
  readonly resolve: (environment: ExecutionEnvironment | undefined) => void
}

interface Idle {
  readonly environment: ExecutionEnvironment
  /** The lane that it last worked in, and knows the resources of. */
  readonly lane: number
  readonly since: number
}

/**
 * The execution environments of a function. Short invocations take turns in a few lanes, those about
 * one resource in the same one: so its environment has the resource's state at hand. One that lasts
 * leaves its lane, up to the function's concurrency; beyond that, invocations wait.
 */
export class EnvironmentPool {
  readonly #start: StartEnvironment
  readonly #concurrency: number
  readonly #all = new Set<ExecutionEnvironment>()
  /** The most recently used last: the others get the chance to be idle for long. */
  #idle: Idle[] = []
  /** At work, in which lane, and when the work began, by `performance.now()`. */
  readonly #busy = new Map<ExecutionEnvironment, { readonly lane: number; since: number }>()
  readonly #waiting: Waiting[] = []
  #turn = 0
  #look: NodeJS.Timeout | undefined
  #stopped = false
  readonly #reclaimer: NodeJS.Timeout

  constructor(concurrency: number, start: StartEnvironment) {
    this.#concurrency = concurrency
    this.#start = start
    this.#reclaimer = setInterval(() => this.#reclaim(), IDLE_LIMIT / 2)
    this.#reclaimer.unref()
  }

  /**
   * An environment for one invocation, once there is room. Undefined: there will be none.
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

  /** @param usable whether it can take another invocation; else it is ended */
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
   * Ends the environments that are idle, and starts one in their place at once, so that the next
   * invocation does not wait for code to load.
   */
  renew(): void {
    const idle = this.#idle.splice(0)
    for (const { environment } of idle) this.release(environment, false)
    const [latest] = idle.slice(-1)
    if (!latest || this.#all.size >= this.#concurrency) return
    this.#idle.push({ environment: this.#add(), lane: latest.lane, since: Date.now() })
  }

  /** Waits until no invocation is under way or waits. */
  async drain(): Promise<void> {
    while (this.#busy.size > 0 || this.#waiting.length > 0) await tick()
  }

  /**
   * Ends every environment; invocations under way have `grace` milliseconds to end, those that wait
   * get none.
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

  /** The invocation whose turn it is, if there is room for one. */
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
