import { join } from 'node:path'
import { run } from '../../../lib/acceptance/run.ts'
import { LocalRun } from '../../support/local-run.ts'
import { brokenAssembly, type Change } from './broken-assembly.ts'

/** The result of a command line. */
export interface Accepted {
  readonly status: number
  readonly text: string
  /** The names of the promises in the table, by result. */
  readonly broken: readonly string[]
  readonly skipped: readonly string[]
  /** The names of the broken promises whose check ran out of time. */
  readonly late: readonly string[]
}

/** Runs the command line in this process. */
export async function accept(...args: string[]): Promise<Accepted> {
  let text = ''
  const write = (part: string) => {
    text += part
  }
  const status = await run(args, { out: write, error: write })
  const named = (result: string) =>
    [...text.matchAll(new RegExp(`^(.+?) +${result} +[\\d.]+$`, 'gm'))].map(([, name]) => `${name}`)
  const late = [...text.matchAll(/^(.+?) +broken +[\d.]+\n.*did not come about within/gm)]
  return {
    ...{ status, text, broken: named('broken'), skipped: named('skipped') },
    late: late.map(([, name]) => `${name}`),
  }
}

export function outputsOf({ folder }: LocalRun): string[] {
  return ['--outputs', join(folder, 'outputs.json')]
}

/**
 * Runs checks on a local run of an assembly with one change.
 * @param within seconds
 * @param only the names of the promises; none: all
 */
export async function acceptBroken(
  change: Change,
  within: number,
  only: readonly string[],
): Promise<Accepted> {
  const run = await LocalRun.start(undefined, {}, [], await brokenAssembly(change))
  try {
    const chosen = only.flatMap((name) => ['--only', name])
    return await accept(...outputsOf(run), '--within', `${within}`, ...chosen)
  } finally {
    await run.remove()
  }
}
