/** The error that a promise is rejected with; fails where it is another one, or none. */
export async function refusal<E extends Error>(
  promise: Promise<unknown>,
  kind: abstract new (...args: never[]) => E,
): Promise<E> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if (!('error' in outcome))
    throw new Error(`Nothing was refused: ${JSON.stringify(outcome.value)}`)
  if (outcome.error instanceof kind) return outcome.error
  throw outcome.error
}
