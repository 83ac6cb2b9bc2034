/** Runs the code of a scheduled event. @param id the id that was passed to `at` */
export type Handler = (id: number) => void

const FIRST_SIZE = 1024

/**
 * The time of a simulation, in milliseconds, and its future events. The events are in a binary heap
 * of typed arrays, so that millions of them make no garbage.
 */
export class Clock {
  now = 0
  readonly #handlers: Handler[] = []
  #times = new Float64Array(FIRST_SIZE)
  #kinds = new Uint8Array(FIRST_SIZE)
  #ids = new Int32Array(FIRST_SIZE)
  #size = 0

  /** Registers a kind of event. Returns its number for `at`. */
  kind(handler: Handler): number {
    this.#handlers.push(handler)
    return this.#handlers.length - 1
  }

  /** Schedules an event. A time in the past counts as now. */
  at(time: number, kind: number, id: number): void {
    if (this.#size === this.#times.length) this.#grow()
    const times = this.#times
    const kinds = this.#kinds
    const ids = this.#ids
    const when = Math.max(time, this.now)
    let place = this.#size
    this.#size += 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      if ((times[parent] ?? 0) <= when) break
      times[place] = times[parent] ?? 0
      kinds[place] = kinds[parent] ?? 0
      ids[place] = ids[parent] ?? 0
      place = parent
    }
    times[place] = when
    kinds[place] = kind
    ids[place] = id
  }

  /** Schedules an event after a delay. */
  after(delay: number, kind: number, id: number): void {
    this.at(this.now + delay, kind, id)
  }

  /** Runs all events up to a time. */
  runUntil(end: number): void {
    const handlers = this.#handlers
    while (this.#size > 0 && (this.#times[0] ?? 0) <= end) {
      this.now = this.#times[0] ?? 0
      const kind = this.#kinds[0] ?? 0
      const id = this.#ids[0] ?? 0
      this.#removeFirst()
      handlers[kind]?.(id)
    }
    this.now = end
  }

  #removeFirst(): void {
    const times = this.#times
    const kinds = this.#kinds
    const ids = this.#ids
    this.#size -= 1
    const size = this.#size
    const when = times[size] ?? 0
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= size) break
      if (child + 1 < size && (times[child + 1] ?? 0) < (times[child] ?? 0)) child += 1
      if ((times[child] ?? 0) >= when) break
      times[place] = times[child] ?? 0
      kinds[place] = kinds[child] ?? 0
      ids[place] = ids[child] ?? 0
      place = child
    }
    times[place] = when
    kinds[place] = kinds[size] ?? 0
    ids[place] = ids[size] ?? 0
  }

  #grow(): void {
    const length = this.#times.length * 2
    const times = this.#times
    const kinds = this.#kinds
    const ids = this.#ids
    this.#times = new Float64Array(length)
    this.#kinds = new Uint8Array(length)
    this.#ids = new Int32Array(length)
    this.#times.set(times)
    this.#kinds.set(kinds)
    this.#ids.set(ids)
  }
}

/** Hands out small numbers and takes them back, so that arrays indexed by them stay small. */
export class Slots {
  readonly #free: number[] = []
  #next = 0

  take(): number {
    const free = this.#free.pop()
    if (free !== undefined) return free
    this.#next += 1
    return this.#next - 1
  }

  release(slot: number): void {
    this.#free.push(slot)
  }

  /** The numbers that are taken. */
  get taken(): number {
    return this.#next - this.#free.length
  }
}
