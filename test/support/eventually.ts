import { setTimeout as delay } from 'node:timers/promises'

/**
 * What a question is answered with, once it is not undefined.
 * @param within milliseconds; default 10 seconds
 * @throws Error, with the last error of the question as cause, when the time is over
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
