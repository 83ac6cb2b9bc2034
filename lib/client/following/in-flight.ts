interface Flight<T> {
  readonly promise: Promise<T>
  readonly controller: AbortController
  joined: number
}

/**
 * Shares work in progress between callers that want the same result. Aborts the work when all
 * callers have left.
 */
export class InFlight<T> {
  readonly #flights = new Map<string, Flight<T>>()

  /**
   * Joins the work with this key, or starts it.
   * @throws the signal's reason when the signal is aborted
   */
  async join(
    key: string,
    signal: AbortSignal,
    start: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted()
    const flight = this.#flights.get(key) ?? this.#begin(key, start)
    flight.joined += 1
    try {
      return await unlessAborted(flight.promise, signal)
    } finally {
      flight.joined -= 1
      if (flight.joined === 0) {
        this.#land(key, flight)
        flight.controller.abort()
      }
    }
  }

  #begin(key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController()
    const flight = { promise: start(controller.signal), controller, joined: 0 }
    this.#flights.set(key, flight)
    const land = () => this.#land(key, flight)
    flight.promise.then(land, land)
    return flight
  }

  #land(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key)
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort)
    promise.finally(() => signal.removeEventListener('abort', abort)).then(resolve, reject)
  })
}
