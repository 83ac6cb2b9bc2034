import { EventEmitter } from 'node:events'

/** The writes to tables that this process passes on. They tell a stream's reader when to read. */
export class TableWrites {
  readonly #bell = new EventEmitter().setMaxListeners(0)
  readonly #last = new Map<string, number>()

  /** Announces that a request has written to a table, by the table's ARN. */
  announce(tableArn: string): void {
    this.#last.set(tableArn, Date.now())
    this.#bell.emit(tableArn)
  }

  /** Returns the time of the last write in milliseconds since the epoch; 0: there was none. */
  last(tableArn: string): number {
    return this.#last.get(tableArn) ?? 0
  }

  /** Waits for the next write to a table, at most for the time, or until the signal is aborted. */
  next(tableArn: string, milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        this.#bell.off(tableArn, end)
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, milliseconds)
      this.#bell.once(tableArn, end)
      signal.addEventListener('abort', end)
      if (signal.aborted) end()
    })
  }
}
