import { setTimeout as delay } from 'node:timers/promises'
import { CorruptHistory } from './errors.ts'
import type { StoredEvent } from './event.ts'
import type { EventStore, HistoryRange } from './event-store.ts'

const MOST_REREADS = 4

/**
 * A resource's history without gaps. DynamoDB's reads can show event n+2 before n+1 of one
 * transaction (they are read-committed), so a hole is read again before it is called corrupt.
 * @throws CorruptHistory when the hole stays
 */
export async function* contiguousHistory(
  store: EventStore,
  id: string,
  { after = 0, limit }: HistoryRange = {},
): AsyncGenerator<readonly StoredEvent[]> {
  let last = after
  for (let rereads = 0; ; rereads += 1) {
    let hole = false
    const left = limit === undefined ? undefined : limit - (last - after)
    for await (const page of store.history(id, { after: last, ...(left && { limit: left }) })) {
      const next = last + 1
      const broken = page.findIndex(({ number }, index) => number !== next + index)
      const whole = broken < 0 ? page : page.slice(0, broken)
      if (whole.length > 0) {
        rereads = 0
        last += whole.length
        yield whole
      }
      hole = broken >= 0
      if (hole) break
    }
    if (!hole) return
    if (rereads === MOST_REREADS) {
      const number = last + 1
      throw new CorruptHistory(`Event ${number} of ${id} is missing`, { id, number })
    }
    await delay(10 * 2 ** rereads)
  }
}
