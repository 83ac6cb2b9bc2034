interface Stoppable {
  stop(): Promise<void>
}

/** What has been started, to be stopped in the opposite order. */
export class Started {
  readonly #stops: (() => void | Promise<void>)[] = []
  #stopping: Promise<void> | undefined

  /** Adds what must be undone. */
  add(stop: () => void | Promise<void>): void {
    this.#stops.push(stop)
  }

  /** Adds what is starting, as soon as it has started. */
  async track<T extends Stoppable>(starting: Promise<T>): Promise<T> {
    const started = await starting
    this.add(() => started.stop())
    return started
  }

  /** Stops everything, once, even what comes after something that does not stop properly. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    const problems: unknown[] = []
    for (let stop = this.#stops.pop(); stop; stop = this.#stops.pop()) {
      try {
        await stop()
      } catch (problem) {
        problems.push(problem)
      }
    }
    if (problems.length > 0) throw new AggregateError(problems, 'Not everything stopped properly')
  }
}
