/** Serializes work that shares a key. Work runs in the order of the calls. */
export class Turns {
  readonly #last = new Map<unknown, Promise<void>>()

  /** Queues the work behind all of its keys at once, which prevents deadlocks. */
  run<T>(keys: readonly unknown[], work: () => Promise<T>): Promise<T> {
    const before = keys.flatMap((key) => this.#last.get(key) ?? [])
    const result = before.length === 0 ? work() : Promise.all(before).then(work)
    const done = result.then(
      () => {},
      () => {},
    )
    for (const key of keys) this.#last.set(key, done)
    void done.then(() => {
      for (const key of keys) if (this.#last.get(key) === done) this.#last.delete(key)
    })
    return result
  }
}
