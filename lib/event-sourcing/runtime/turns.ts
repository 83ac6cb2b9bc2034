/** Lets pieces of work that share a key run one after the other, in the order they came. */
export class Turns {
  readonly #last = new Map<unknown, Promise<void>>()

  /** Takes its place behind all keys at once, so that no two pieces of work wait for each other. */
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
