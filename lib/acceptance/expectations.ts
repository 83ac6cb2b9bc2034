import { inspect, isDeepStrictEqual } from 'node:util'

/** The API behaves differently from the promise. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

/** The promise cannot be checked, for a stated reason. */
export class Skipped extends Error {
  override readonly name = 'Skipped'
}

/** @throws Broken unless both values are equal */
export function expectEqual(about: string, seen: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(seen, expected))
    throw new Broken(`${about}: expected ${shown(expected)}; saw ${shown(seen)}`)
}

/** @throws Broken unless the condition holds */
export function expectThat(about: string, holds: boolean, seen: unknown): asserts holds {
  if (!holds) throw new Broken(`${about}; saw ${shown(seen)}`)
}

const LONGEST = 240

/** Returns a value in one short line. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 4 })
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
