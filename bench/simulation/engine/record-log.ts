const FIRST_SIZE = 256

/** The waiting records of a shard, as the times of their commits: a ring in a typed array. */
export class RecordLog {
  #times = new Float64Array(FIRST_SIZE)
  #first = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The time of the oldest record. Infinity if there is none. */
  get oldest(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#times[this.#first] ?? 0)
  }

  add(time: number): void {
    this.#makeRoom()
    this.#times[(this.#first + this.#size) % this.#times.length] = time
    this.#size += 1
  }

  /** Puts back records that were removed, in their order. */
  putBack(times: readonly number[]): void {
    for (const time of times.toReversed()) {
      this.#makeRoom()
      this.#first = (this.#first - 1 + this.#times.length) % this.#times.length
      this.#times[this.#first] = time
      this.#size += 1
    }
  }

  /** Removes the oldest record and returns its time. */
  remove(): number {
    const time = this.oldest
    this.#first = (this.#first + 1) % this.#times.length
    this.#size -= 1
    return time
  }

  #makeRoom(): void {
    const { length } = this.#times
    if (this.#size < length) return
    const larger = new Float64Array(length * 2)
    for (let index = 0; index < length; index += 1) {
      larger[index] = this.#times[(this.#first + index) % length] ?? 0
    }
    this.#times = larger
    this.#first = 0
  }
}
