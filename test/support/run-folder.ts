import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Returns the folder of a whole test run, shared by its workers. The global teardown removes it.
 * @param runner the id of the process that runs the workers
 */
export function runFolder(runner = process.env.TEST_RUNNER): string {
  return join(tmpdir(), `event-sourcing-tests-${runner}`)
}

/** Creates a new folder within the run's folder. */
export function newFolder(name: string): string {
  mkdirSync(runFolder(), { recursive: true })
  return mkdtempSync(join(runFolder(), `${name}-`))
}
