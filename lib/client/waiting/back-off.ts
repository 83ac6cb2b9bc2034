const SPREAD = 0.2

/**
 * Returns the milliseconds, changed at random by up to ±20 %, so that many clients do not act at
 * once.
 */
export function jittered(milliseconds: number): number {
  return milliseconds * (1 - SPREAD + 2 * SPREAD * Math.random())
}

/**
 * Returns the milliseconds to wait before the next try: a random time up to a bound that doubles.
 * @param failures the number of failures so far, at least 1
 */
export function backOff(failures: number, first: number, longest: number): number {
  const bound = Math.min(longest, first * 2 ** Math.min(failures - 1, 30))
  return bound / 2 + (Math.random() * bound) / 2
}
