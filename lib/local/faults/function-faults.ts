import type { Outcome } from '../lambda/execution-environment.ts'
import type { Faults } from './faults.ts'

/** The latest time at which a process ends in the middle of its work: 2^11 milliseconds. */
const LATEST_DEATH = 11

/** Runs an invocation and injects faults. */
export async function withFunctionFaults(
  faults: Faults,
  run: () => Promise<Outcome>,
  kill: () => void,
): Promise<Outcome> {
  if (faults.strikes('function.throws')) {
    const thrown = failed('Error', 'An injected fault')
    if (faults.roll() < 0.5) return { result: thrown, usable: true }
    const { usable } = await run()
    return { result: thrown, usable }
  }
  if (faults.strikes('function.timesOut')) {
    await run()
    const { error } = failed('Sandbox.Timedout', 'Error: Task timed out (an injected fault)')
    return { result: { status: 'timed-out', error }, usable: false }
  }
  if (!faults.strikes('function.dies')) return run()
  // Covers short and long work, at its beginning and at its end.
  const death = setTimeout(kill, 2 ** (faults.roll() * LATEST_DEATH))
  try {
    return await run()
  } finally {
    clearTimeout(death)
  }
}

function failed(errorType: string, errorMessage: string) {
  return { status: 'failed', error: { errorType, errorMessage } } as const
}
