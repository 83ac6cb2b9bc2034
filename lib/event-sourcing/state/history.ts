import { CorruptHistory } from '../errors.ts'
import type { StoredEvent } from '../event.ts'
import { Retries } from '../runtime/time-left.ts'
import type { EventStore, HistoryRange } from '../store/event-store.ts'

/** The pace of repeated reads after a read that shows only a part of a transaction. */
export const REREADS = { first: 20, longest: 160, most: 4 }

/**
 * Returns a resource's history without gaps. DynamoDB's reads are read-committed with respect to
 * transactions. They can show event n+2 before n+1 of one transaction, or end in the middle of a
 * commit. Missing events are therefore read again before the history counts as corrupt.
 * @throws CorruptHistory if the gap remains
 */
export async function* contiguousHistory(
  store: Pick<EventStore, 'history'>,
  id: string,
  { after = 0, limit = Number.POSITIVE_INFINITY }: HistoryRange = {},
): AsyncGenerator<readonly StoredEvent[]> {
  let last = after
  let missing = 0
  let rereads = new Retries(REREADS)
  for (;;) {
    let isBroken = false
    const left = limit - (last - after)
    const range = { after: last, ...(Number.isFinite(left) && { limit: left }) }
    for await (const page of store.history(id, range)) {
      const next = last + 1
      const broken = page.findIndex(({ number }, index) => number !== next + index)
      const whole = broken < 0 ? page : page.slice(0, broken)
      const end = whole.at(-1)
      if (end) {
        rereads = new Retries(REREADS)
        last += whole.length
        missing = missingAfter(end)
        yield whole
      }
      isBroken = broken >= 0
      if (isBroken) break
    }
    const isTorn = missing > 0 && last - after < limit
    if (!isBroken && !isTorn) return
    if (await rereads.next()) continue
    const number = last + 1
    throw new CorruptHistory(`Event ${number} of ${id} is missing`, { id, number })
  }
}

/** Returns the number of events that follow this event in the same commit. */
export function missingAfter({ meta: { position = 1, size = 1 } }: StoredEvent): number {
  return size - position
}
