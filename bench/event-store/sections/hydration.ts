import { readInTurns } from '../readers.ts'
import type { Section } from '../section.ts'
import { figure } from '../statistics.ts'

function roundsOf(events: number): number {
  return events > 10_000 ? 2 : events > 1000 ? 7 : 20
}

export const hydration: Section = {
  name: 'hydration',
  title: '2. Hydration of a long history, nothing held',

  async run({ endpoint, stores, isQuick }, report) {
    const lengths = isQuick ? [1000, 10_000] : [1000, 10_000, 100_000]
    for (const events of lengths) {
      const rounds = isQuick ? Math.min(5, roundsOf(events)) : roundsOf(events)
      await readInTurns(report, `${figure(events)} events`, stores, endpoint, {
        events,
        rounds,
        before: 1,
      })
    }
    report.note(
      'The readers take turns, each in its own process. Goal: 1.1 × the time of raw HTTP. A long page ' +
        'is decoded from its bytes to events, which takes less time than JSON.parse.',
    )
  },
}
