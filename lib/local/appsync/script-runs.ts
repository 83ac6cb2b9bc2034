import { createContext, Script as VmScript } from 'node:vm'

/** Milliseconds that a handler may take. AppSync's own limit is not documented. */
const LIMIT = 1000

interface Run {
  readonly work: () => string
  readonly resolve: (json: string) => void
  readonly reject: (error: unknown) => void
}

/**
 * Runs handlers of scripts, and stops one that takes too long: until then it keeps all others
 * waiting. To watch the time costs more than a usual handler, so those that come together share one
 * limit.
 */
export class ScriptRuns {
  #waiting: Run[] = []
  #next: NodeJS.Immediate | undefined
  /** Runs what waits, in a context, since the time of a script alone is limited. */
  readonly #runAll = new VmScript('runAll()')
  readonly #context = createContext({ runAll: () => this.#runWaiting() })

  /** @throws Error if the work took too long; what the work throws */
  run(work: () => string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject })
      this.#next ??= setImmediate(() => this.#runLimited())
    })
  }

  #runLimited(): void {
    this.#next = undefined
    const first = this.#waiting[0]
    try {
      this.#runAll.runInContext(this.#context, { timeout: LIMIT })
    } catch (error) {
      // Others have used up some of the time of a later one: it is run again, as the first.
      if (first === this.#waiting[0]) this.#waiting.shift()?.reject(error)
      if (this.#waiting.length > 0) this.#next = setImmediate(() => this.#runLimited())
    }
  }

  /** A run waits until it has ended: what stops it knows by that which one it was. */
  #runWaiting(): void {
    for (let run = this.#waiting[0]; run; run = this.#waiting[0]) {
      const { resolve, reject } = run
      try {
        resolve(run.work())
      } catch (error) {
        reject(error)
      }
      this.#waiting.shift()
    }
  }
}
