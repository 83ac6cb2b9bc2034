import { PROMISES } from '../../../lib/acceptance/promises.ts'
import { acceptBroken } from './accepting.ts'
import type { Change } from './broken-assembly.ts'

/** A mistake in the deployed code, template, schema or scripts. */
export interface Mistake {
  readonly mistake: string
  readonly change: Change
  /** The names of the promises that the checks must report as broken. */
  readonly breaks: readonly string[]
  /** The names of promises that the mistake may break too. */
  readonly mayBreak?: readonly string[]
  /** Whether checks wait in vain, for something that never comes about. */
  readonly waits?: boolean
  /** Whether other mistakes break the same promises sooner. Then it is tried with ACCEPT_ALL=1 only. */
  readonly extra?: boolean
}

const PATIENT = 60
/** With few checks at once, a check that waits in vain needs less time. */
const IMPATIENT = 30
const ALONE = 7

/**
 * Defines a test for each mistake: a local run with it fails, and the table names the promises.
 * With ACCEPT_ALL=1, all mistakes and all checks run, and no other promise may be broken. That takes
 * minutes.
 */
export function testMistakes(mistakes: readonly Mistake[]): void {
  const isWhole = process.env.ACCEPT_ALL === '1'
  test.each(mistakes.filter(({ extra = false }) => isWhole || !extra))(
    '$mistake: the table names the broken promises',
    async ({ change, breaks, mayBreak = [], waits = false }) => {
      const names = PROMISES.map(({ name }) => name)
      for (const name of [...breaks, ...mayBreak]) expect(names).toContain(name)

      const patience = isWhole ? IMPATIENT : ALONE
      const { status, broken, late, text } = await acceptBroken(
        change,
        waits ? patience : PATIENT,
        isWhole ? [] : breaks,
      )
      // With little time, a slow machine ends other checks too early.
      const known = [...breaks, ...mayBreak, ...(waits ? late : [])]
      const others = broken.filter((name) => !known.includes(name))
      const missed = breaks.filter((name) => !broken.includes(name))
      expect({ status, missed, others, text }).toEqual({ status: 1, missed: [], others: [], text })
    },
    240_000,
  )
}
