import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { isPlainObject } from '../../state/state.ts'

/**
 * Runs an expectation of a test. Its errors show the line of the test. If the test does not await it, a
 * runner with a global `afterEach`, such as Jest, does.
 * @param called the function that the test has called
 */
export function inTest(
  called: (expected: never) => unknown,
  expectation: () => Promise<void>,
): Promise<void> {
  const test = testFrames(called)
  const checked = expectation().catch((error) => {
    throw withTestFrames(error, test)
  })
  checks.push(checked)
  // A promise of its own: if the test ignores its rejection, Node.js still reports that.
  return checked.then(() => undefined)
}

/** The expectations of the current test. */
const checks: Promise<void>[] = []

/**
 * Waits for the expectations that the test has not awaited, and until Node.js has reported those that
 * failed. Otherwise Node.js reports them after the last test, and that ends Jest.
 */
async function endOfTest(): Promise<void> {
  await Promise.allSettled(checks.splice(0))
  await setImmediate()
}

const afterEach: unknown = Reflect.get(globalThis, 'afterEach')
if (typeof afterEach === 'function') afterEach(endOfTest)

/** Returns the frames of the stack above `called`, which begin with the line of the test. */
function testFrames(called: (expected: never) => unknown): string {
  const here = { stack: '' }
  Error.captureStackTrace(here, called)
  return here.stack.replace(/^.*\n/, '')
}

/** An assertion gets the frames of the test. An error of the command also keeps its own. */
function withTestFrames(error: unknown, frames: string): unknown {
  if (error instanceof assert.AssertionError) {
    error.stack = `${error.name}: ${error.message}\n${frames}`
  } else if (error instanceof Error) {
    // Fails silently for a frozen error.
    Reflect.set(error, 'stack', `${error.stack}\n${frames}`)
  }
  return error
}

/**
 * Returns the parts of a value that the pattern contains: fields by name, list items by position.
 */
export function alike(value: unknown, pattern: unknown): unknown {
  if (Array.isArray(pattern) && Array.isArray(value)) {
    return value.map((item, index) => (index < pattern.length ? alike(item, pattern[index]) : item))
  }
  if (!isPlainObject(pattern) || typeof value !== 'object') return value
  if (value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.keys(pattern).map((name) => [name, alike(Reflect.get(value, name), pattern[name])]),
  )
}
