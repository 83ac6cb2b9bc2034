import { randomInt } from 'node:crypto'

const LEAST_SLOTS = 12
const FULLEST = 0.8
const GROWTH = 1.5
/**
 * The process's random seed. Without a seed, clients could choose thousands of ids with the same
 * hash.
 */
const SEED = randomInt(2 ** 32)

/**
 * Remembers which command committed which event of one resource, in 10 to 15 bytes per event. Uses
 * an open-addressing table of 32 bits of the id's hash and the event's number. Two ids may share a
 * hash (once in 4 billion), so a hit has to be verified in the store. A miss is certain.
 *
 * Holds only facts of the stored history, so all states derived from one resource share it.
 */
export class CommandIds {
  #slots = new Uint32Array(2 * LEAST_SLOTS)
  #last = 0

  /** The memory in bytes. */
  get size(): number {
    return this.#slots.byteLength
  }

  /** Adds the commandId of the next event. Ignores events that are already known. */
  add(commandId: string, number: number): void {
    if (number !== this.#last + 1) return
    this.#last = number
    if (number > (this.#slots.length / 2) * FULLEST) this.#grow()
    put(this.#slots, hashOf(commandId), number)
  }

  /** Returns the numbers of events that the command may have committed, ascending. */
  find(commandId: string): number[] {
    const slots = this.#slots
    const count = slots.length / 2
    const hash = hashOf(commandId)
    const found: number[] = []
    for (let slot = hash % count; ; slot = (slot + 1) % count) {
      const number = slots[2 * slot + 1] ?? 0
      if (number === 0) return found.sort((one, other) => one - other)
      if (slots[2 * slot] === hash) found.push(number)
    }
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Uint32Array(2 * Math.ceil((old.length / 2) * GROWTH))
    for (let index = 0; index < old.length; index += 2) {
      const number = old[index + 1] ?? 0
      if (number > 0) put(this.#slots, old[index] ?? 0, number)
    }
  }
}

function put(slots: Uint32Array, hash: number, number: number): void {
  const count = slots.length / 2
  let slot = hash % count
  while (slots[2 * slot + 1] !== 0) slot = (slot + 1) % count
  slots[2 * slot] = hash
  slots[2 * slot + 1] = number
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
