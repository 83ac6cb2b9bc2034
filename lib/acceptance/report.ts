import type { Outcome } from './checking.ts'

const RESULT = 9
const SECONDS = 7

export function heading(width: number): string {
  return `${'promise'.padEnd(width)}  ${'result'.padEnd(RESULT)}${'seconds'.padStart(SECONDS)}\n`
}

/** Returns a line of the table. A second line has the reason, if the promise is not kept. */
export function line({ name, result, seconds, reason }: Outcome, width: number): string {
  const cells = `${name.padEnd(width)}  ${result.padEnd(RESULT)}${seconds.toFixed(1).padStart(SECONDS)}`
  return reason === undefined ? `${cells}\n` : `${cells}\n    ${reason.replaceAll('\n', ' ')}\n`
}

/** Returns the last line: the number of each result. */
export function count(outcomes: readonly Outcome[]): string {
  const number = (wanted: Outcome['result']) =>
    outcomes.filter(({ result }) => result === wanted).length
  return `${number('kept')} kept, ${number('broken')} broken, ${number('skipped')} skipped\n`
}
