import { types } from 'node:util'
import { checkWhole } from '../arguments.ts'
import { InvalidArgument } from '../errors.ts'
import type { Moment } from './derivation.ts'

export interface MomentOptions {
  /** Returns the state at this version. */
  readonly version?: number | undefined
  /**
   * Returns the state at this instant: after the last event that was created until then, with all
   * events before it. Numbers order the events: a date later than that of a following event is the
   * mistake of a clock. A string is in ISO 8601 with a time zone. The result is final for instants
   * that are older than the clock difference between writers. Reads the whole history.
   */
  readonly at?: string | Date | undefined
}

const WITH_ZONE = /^[\d-]+T.*(Z|[+-]\d\d(:?\d\d)?)$/

/** @throws InvalidArgument */
export function momentOf({ version, at }: MomentOptions): Moment | undefined {
  if (version !== undefined && at !== undefined) {
    throw new InvalidArgument('Pass either version or at; got both', {
      argument: 'at',
      value: at,
    })
  }
  if (version !== undefined) {
    checkWhole('version', version, 1)
    return { version }
  }
  return at === undefined ? undefined : { at: instantOf('at', at) }
}

/**
 * Returns an instant in milliseconds.
 * @throws InvalidArgument
 */
export function instantOf(argument: string, value: string | Date): number {
  const isFit =
    typeof value === 'string'
      ? WITH_ZONE.test(value) && isDay(value.slice(0, 10))
      : types.isDate(value)
  const instant = isFit ? new Date(value).getTime() : Number.NaN
  if (!Number.isNaN(instant)) return instant
  throw new InvalidArgument(
    `${argument} must be an instant with a time zone like 2030-01-31T12:00:00.000Z; got ${value}`,
    { argument, value },
  )
}

/** Whether a calendar day exists. `Date.parse` reads 31 February as 3 March. */
function isDay(day: string): boolean {
  const date = new Date(day)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}
