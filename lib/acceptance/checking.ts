import { Broken, Skipped, shown } from './expectations.ts'
import type { Given, ProductPromise } from './promise.ts'

export interface Outcome {
  readonly name: string
  readonly result: 'kept' | 'broken' | 'skipped'
  readonly seconds: number
  /** The expected and the seen value, or the reason to skip. Undefined: the promise is kept. */
  readonly reason?: string
}

export interface Time {
  /** The seconds for a check. */
  readonly within: number
  /** The end of all checks, as a value of `performance.now()`. */
  readonly end: number
}

/**
 * Runs one check within its time. Always resolves, also if the check never ends.
 * @param given returns the callers of the check, whose requests end with the signal
 * @param time the time of one check, and the end of all
 */
export async function outcomeOf(
  promise: ProductPromise,
  given: (part: Pick<Given, 'signal' | 'waits'>) => Given,
  { within, end }: Time,
): Promise<Outcome> {
  const { name } = promise
  const began = performance.now()
  const seconds = Math.min(within, Math.max(1, (end - began) / 1000))
  const over = new AbortController()
  let waiting = 'the check to end'
  let seen = ''
  const waits = (about: string, value: unknown) => {
    waiting = about
    seen = `; saw ${shown(value)}`
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(new Broken(`${waiting} did not come about within ${seconds.toFixed()} s${seen}`)),
      seconds * 1000,
    )
  })
  const check = async () => promise.check(given({ signal: over.signal, waits }))
  const ended = await Promise.race([check(), late]).then(
    () => ({ result: 'kept' as const }),
    (error: unknown) => ({
      result: error instanceof Skipped ? ('skipped' as const) : ('broken' as const),
      reason: reasonOf(error),
    }),
  )
  clearTimeout(timer)
  over.abort(new Error('the check is over'))
  return { name, seconds: (performance.now() - began) / 1000, ...ended }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return `${error}`
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : ''
  return error instanceof Broken || error instanceof Skipped
    ? error.message
    : `${error.name}: ${error.message}${cause}`
}
