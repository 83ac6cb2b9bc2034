import { InvalidEvent } from '../errors.ts'

/** Milliseconds by which the clocks of two writers may differ. */
const CLOCK_DIFFERENCE = 5 * 60_000

/** The dates that decide the date of a new event. */
export interface EventDates {
  /** The date of the previous event; undefined before the first event. */
  readonly lastCreated: string | undefined
  /** The date on the writer's clock. */
  readonly now: string
  /** Whether the commit imports events, which may have any date. Default: false. */
  readonly imported?: boolean | undefined
}

/**
 * Returns the date of a new event: the given one, or now. The date is raised to that of the
 * previous event, because the clocks of two writers differ. A previous date that is far ahead of
 * this clock does not count: a wrong clock, or an import, must not date later events.
 */
export function eventDate(created: string | undefined, { lastCreated, now }: EventDates): string {
  const date = created ?? now
  if (lastCreated === undefined || isFarAhead(lastCreated, now)) return date
  return Date.parse(date) < Date.parse(lastCreated) ? lastCreated : date
}

/** @throws InvalidEvent for a given date that is far ahead of the writer's clock */
export function checkNotAhead(
  created: string | undefined,
  { now, imported = false }: EventDates,
  about: { readonly id: string; readonly type: string },
): void {
  if (created === undefined || imported || !isFarAhead(created, now)) return
  throw new InvalidEvent(
    `The event's created must be at most 5 minutes ahead of this clock, which says ${now}; ` +
      `got ${created}. Omit created, or commit imported events with { imported: true }`,
    { ...about, attribute: 'created', value: created },
  )
}

function isFarAhead(date: string, now: string): boolean {
  return Date.parse(date) > Date.parse(now) + CLOCK_DIFFERENCE
}
