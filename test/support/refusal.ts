/**
 * Returns the error that a promise rejects with. Fails if it is of another kind, or if there is
 * none.
 */
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
