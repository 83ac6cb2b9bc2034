import { Child } from '../child.ts'
import { readInTurns } from '../readers.ts'
import type { ReplayTask } from '../replay-proxy.ts'
import type { Section } from '../section.ts'
import { figure } from '../statistics.ts'

const LATENCY = 8

export const latency: Section = {
  name: 'latency',
  title: `3. The same where each request takes ${LATENCY} ms`,

  async run({ endpoint, stores, isQuick }, report) {
    const events = isQuick ? 10_000 : 100_000
    const task: ReplayTask = { endpoint, latency: LATENCY }
    const proxy = new Child('replay-proxy.ts', task)
    try {
      const address: string = JSON.parse(await proxy.next())
      // The ranges that we read depend a little on the order of the answers. Each new range takes as
      // long as the emulator does.
      const rounds = { events, rounds: 5, before: 2 }
      const title = `${figure(events)} events, ${LATENCY} ms`
      await readInTurns(report, title, stores, address, rounds)
    } finally {
      await proxy.end()
    }
    report.note(
      'The emulator needs longer for a page than a round trip takes. Therefore a proxy in its own ' +
        'process replays the answers of earlier, unmeasured rounds, ' +
        `each after ${LATENCY} ms. Goal: 0.75 × the time of raw HTTP.`,
    )
  },
}
