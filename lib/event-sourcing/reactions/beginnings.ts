import { heardOf } from './checkpoint.ts'
import type { CheckpointStore } from './checkpoint-store.ts'

/** Under this id stands when each reactor was there first, under a name that no reactor has. */
const BEGINNINGS = '#beginnings'
const MARK = '#'
/**
 * The schedule wakes a new reactor within this time of its deployment, in milliseconds: so that
 * nothing falls between the two.
 */
const BEFORE = 120_000

/** When reactors began: each is written down once, and never changes. */
export class Beginnings {
  readonly #checkpoints: CheckpointStore
  readonly #known = new Map<string, string>()

  constructor(checkpoints: CheckpointStore) {
    this.#checkpoints = checkpoints
  }

  /**
   * @param whenNew is done before one is written down
   * @returns ISO 8601
   */
  async of(reactor: string, whenNew: () => Promise<void>): Promise<string> {
    const name = MARK + reactor
    const known = this.#known.get(reactor) ?? (await this.#checkpoints.get(name, BEGINNINGS))?.note
    if (known !== undefined) {
      this.#known.set(reactor, known)
      return known
    }
    await whenNew()
    const note = new Date(Date.now() - BEFORE).toISOString()
    await this.#checkpoints.put({ ...heardOf(name, BEGINNINGS, 0), note })
    // Another process may have been first.
    return this.of(reactor, whenNew)
  }
}

/** The names of all reactors that were ever woken. */
export async function* knownReactors(checkpoints: CheckpointStore): AsyncGenerator<string> {
  for await (const { reactor } of checkpoints.about(BEGINNINGS)) yield reactor.slice(MARK.length)
}
