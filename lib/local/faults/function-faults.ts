import type { Outcome } from '../lambda/execution-environment.ts'
import type { Faults } from './faults.ts'

/** Within so many milliseconds a process is ended that is to end in the middle of its work. */
const DEATH = 50

/** Runs an invocation, and lets it go wrong. */
export async function withFunctionFaults(
  faults: Faults,
  run: () => Promise<Outcome>,
  kill: () => void,
): Promise<Outcome> {
  if (faults.strikes('function.throws')) {
    const thrown = failed('Error', 'A fault on purpose')
    if (faults.roll() < 0.5) return { result: thrown, usable: true }
    const { usable } = await run()
    return { result: thrown, usable }
  }
  if (faults.strikes('function.timesOut')) {
    await run()
    const { error } = failed('Sandbox.Timedout', 'Error: Task timed out, on purpose')
    return { result: { status: 'timed-out', error }, usable: false }
  }
  if (!faults.strikes('function.dies')) return run()
  const death = setTimeout(kill, faults.roll() * DEATH)
  try {
    return await run()
  } finally {
    clearTimeout(death)
  }
}

function failed(errorType: string, errorMessage: string) {
  return { status: 'failed', error: { errorType, errorMessage } } as const
}
