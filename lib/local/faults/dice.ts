/** Returns a number from 0 to 1, like Math.random. The same seed gives the same sequence. */
export type Dice = () => number

/** Mulberry32, by Tommy Ettinger (public domain): small, and random enough to spread faults. */
export function dice(seed: number): Dice {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Returns the items in a random order. */
export function shuffled<T>(items: readonly T[], roll: Dice): T[] {
  const left = [...items]
  const taken: T[] = []
  while (left.length > 0) taken.push(...left.splice(Math.floor(roll() * left.length), 1))
  return taken
}
