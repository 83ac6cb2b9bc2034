import { randomInt } from 'node:crypto'

const LEAST_EVENTS = 12
const GROWTH = 1.5
/**
 * The process's random seed. Without a seed, clients could choose thousands of ids with the same
 * hash.
 */
const SEED = randomInt(2 ** 32)

/**
 * Remembers which command committed which event of one resource: 32 bits of the id's hash for each
 * event, in the order of the events. Two ids may share a hash (once in 4 billion), so a hit has to
 * be verified in the store. A miss is certain.
 *
 * Holds only facts of the stored history, so all states derived from one resource share it.
 */
export class CommandIds {
  #hashes = new Uint32Array(LEAST_EVENTS)
  #last = 0

  /** The memory in bytes. */
  get size(): number {
    return this.#hashes.byteLength
  }

  /** Adds the commandId of the next event. Ignores events that are already known. */
  add(commandId: string, number: number): void {
    if (number !== this.#last + 1) return
    if (number > this.#hashes.length) {
      const larger = new Uint32Array(Math.ceil(this.#hashes.length * GROWTH))
      larger.set(this.#hashes)
      this.#hashes = larger
    }
    this.#hashes[this.#last] = hashOf(commandId)
    this.#last = number
  }

  /** Returns the numbers of events that the command may have committed, ascending. */
  find(commandId: string): number[] {
    const hash = hashOf(commandId)
    const found: number[] = []
    let at = this.#hashes.indexOf(hash)
    while (at >= 0 && at < this.#last) {
      found.push(at + 1)
      at = this.#hashes.indexOf(hash, at + 1)
    }
    return found
  }
}

/** FNV-1a with a seed and an extra mixing step: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashOf(text: string): number {
  let hash = SEED
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
