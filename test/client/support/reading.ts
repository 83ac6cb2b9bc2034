import { eventually } from '../../support/eventually.ts'

/** Reads an iterable as fast as it gives, until it is ended. */
export class Reading<T> {
  readonly all: T[] = []
  /** Settles when the iteration is over; rejects with its error. */
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

  /** Waits until there are so many. */
  async reach(count: number, within?: number): Promise<readonly T[]> {
    await eventually(async () => (this.all.length >= count ? true : undefined), within)
    return this.all
  }

  async end(): Promise<void> {
    await this.#iterator.return?.()
    await this.over
  }
}

/** Reads iterables, and ends what has not ended by itself after each test. */
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
