/** Wakes all waiters when an event happens. */
export class Bell {
  readonly #waiting = new Set<() => void>()

  ring(): void {
    for (const wake of [...this.#waiting]) wake()
  }

  /** Waits until the bell rings, the time is over, or the signal is aborted. Never rejects. */
  wait(signal: AbortSignal, milliseconds?: number): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const wake = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', wake)
        this.#waiting.delete(wake)
        resolve()
      }
      const timer = milliseconds === undefined ? undefined : setTimeout(wake, milliseconds)
      signal.addEventListener('abort', wake)
      this.#waiting.add(wake)
    })
  }
}
