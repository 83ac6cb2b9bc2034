import { eventually } from '../../support/eventually.ts'

/** Reads an iterable until it ends, with a pause after each value if given. */
export class Reading<T> {
  readonly all: T[] = []
  /** Resolves when the iteration ends. Rejects with its error. */
  readonly over: Promise<void>
  readonly #iterator: AsyncIterator<T>

  constructor(
    iterable: AsyncIterable<T>,
    pause: () => Promise<void> | undefined = () => undefined,
  ) {
    this.#iterator = iterable[Symbol.asyncIterator]()
    this.over = this.#read(pause)
    this.over.catch(() => {})
  }

  async #read(pause: () => Promise<void> | undefined): Promise<void> {
    for (;;) {
      const { done, value } = await this.#iterator.next()
      if (done) return
      this.all.push(value)
      await pause()
    }
  }

  /** Waits for at least `count` values. Returns all values. */
  async reach(count: number, within?: number): Promise<readonly T[]> {
    await eventually(async () => (this.all.length >= count ? true : undefined), within)
    return this.all
  }

  async end(): Promise<void> {
    await this.#iterator.return?.()
    await this.over
  }
}

/** Reads iterables. `endAll` ends all iterations that are still running. */
export function readings() {
  const begun: Reading<unknown>[] = []
  return {
    read<T>(iterable: AsyncIterable<T>, pause?: () => Promise<void> | undefined): Reading<T> {
      const reading = new Reading(iterable, pause)
      begun.push(reading)
      return reading
    },
    async endAll(): Promise<void> {
      for (const reading of begun.splice(0)) await reading.end().catch(() => {})
    },
  }
}

/** Waits until a condition holds. */
export function until(condition: () => boolean, within?: number): Promise<boolean> {
  return eventually(async () => condition() || undefined, within)
}
