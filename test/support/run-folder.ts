import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * The folder of a whole test run, shared by its workers. The global teardown removes it.
 * @param runner the process that runs the workers
 */
export function runFolder(runner = process.env.TEST_RUNNER): string {
  return join(tmpdir(), `event-sourcing-tests-${runner}`)
}

/** A new folder within that of the run. */
export function newFolder(name: string): string {
  mkdirSync(runFolder(), { recursive: true })
  return mkdtempSync(join(runFolder(), `${name}-`))
}
