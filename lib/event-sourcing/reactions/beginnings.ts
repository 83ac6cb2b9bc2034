import { newCheckpoint } from './checkpoints/checkpoint.ts'
import type { CheckpointStore } from './checkpoints/checkpoint-store.ts'

/** The id of the checkpoints that store when each reactor started. Their names are reserved. */
const BEGINNINGS = '#beginnings'
const MARK = '#'
/**
 * The schedule wakes a new reactor within this time after its deployment, in milliseconds. Starting
 * this much earlier covers the events in between.
 */
const BEFORE = 120_000

/** The start times of the reactors. Each is written once and never changes. */
export class Beginnings {
  readonly #checkpoints: CheckpointStore
  readonly #known = new Map<string, string>()

  constructor(checkpoints: CheckpointStore) {
    this.#checkpoints = checkpoints
  }

  /**
   * Returns the start time of a reactor.
   * @param whenNew runs before a new start time is written
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
    await this.#checkpoints.put({ ...newCheckpoint(name, BEGINNINGS, 0), note })
    // Another process may have written first.
    return this.of(reactor, whenNew)
  }
}

/** Returns the names of all reactors that have ever been woken. */
export async function* knownReactors(checkpoints: CheckpointStore): AsyncGenerator<string> {
  for await (const { reactor } of checkpoints.about(BEGINNINGS)) yield reactor.slice(MARK.length)
}
