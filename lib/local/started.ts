interface Stoppable {
  stop(): Promise<void>
}

/** The started parts of a run. Stops them in reverse order. */
export class Started {
  readonly #stops: (() => void | Promise<void>)[] = []
  #stopping: Promise<void> | undefined

  /** Adds a function that stops a part. */
  add(stop: () => void | Promise<void>): void {
    this.#stops.push(stop)
  }

  /** Adds a part as soon as it has started. */
  async track<T extends Stoppable>(starting: Promise<T>): Promise<T> {
    const started = await starting
    this.add(() => started.stop())
    return started
  }

  /** Stops all parts once. Continues after a part that fails to stop. */
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
    if (problems.length > 0)
      throw new AggregateError(problems, `Some parts did not stop properly: ${problems.join('; ')}`)
  }
}
