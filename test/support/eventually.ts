import { setTimeout as delay } from 'node:timers/promises'

/**
 * Repeats a question until its answer is defined, and returns the answer.
 * @param within milliseconds; default 10 seconds
 * @throws Error when the time is over; its cause is the last error of the question
 */
export async function eventually<T>(
  question: () => Promise<T | undefined>,
  within = 10_000,
): Promise<T> {
  const until = Date.now() + within
  let cause: unknown
  do {
    try {
      const answer = await question()
      if (answer !== undefined) return answer
    } catch (error) {
      cause = error
    }
    await delay(20)
  } while (Date.now() < until)
  throw new Error(`It did not come about within ${within} ms`, { cause })
}
