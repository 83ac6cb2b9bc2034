import { COLD, formatOf, openPeer } from '../peers.ts'
import { rawRead } from '../raw.ts'
import type { Section } from '../section.ts'
import { figure, medians, ms, quantile, ratio, type Taken, taken } from '../statistics.ts'

const RAW = 'raw HTTP, page after page'

/** Returns the number of rounds. In each round, every peer reads once. */
function roundsOf(events: number): number {
  return events > 10_000 ? 3 : events > 1000 ? 9 : 40
}

export const hydration: Section = {
  name: 'hydration',
  title: '2. Hydration of a long history, nothing held',

  async run({ endpoint, wire, stores, isQuick }, report) {
    const lengths = isQuick ? [1000, 10_000] : [1000, 10_000, 100_000]
    for (const events of lengths) {
      const times = new Map<string, Taken[]>()
      const requests = new Map<string, number>()
      const readers = await Promise.all(
        COLD.map(async (name) => {
          const [id = ''] = await stores.resources(formatOf(name), events)
          const peer = openPeer(name, endpoint, await stores.table(formatOf(name)))
          const read = async () => {
            const version = await peer.hydrate(id)
            if (version < events) throw new Error(`${name} read ${version} of ${events} events`)
            requests.set(name, peer.meter.take().requests)
          }
          return { name, read, close: () => peer.client.destroy() }
        }),
      )
      const table = await stores.table('ours')
      const [id = ''] = await stores.resources('ours', events)
      const raw = async () => {
        requests.set(RAW, (await rawRead(wire, table, id)).requests)
      }
      const all = [{ name: RAW, read: raw, close: () => {} }, ...readers]
      const rounds = isQuick ? 3 : roundsOf(events)
      // The first round does not count, because it loads and compiles the code.
      for (let round = 0; round <= rounds; round += 1) {
        for (const { name, read } of all) {
          const took = await taken(read)
          if (round > 0) times.set(name, [...(times.get(name) ?? []), took])
        }
      }
      for (const { close } of all) close()
      const base = medians(times.get(RAW) ?? [])
      report.table(
        [
          `${figure(events)} events`,
          'time, to raw HTTP',
          'processor, to raw HTTP',
          'median',
          '99th percentile',
          'processor time',
          'requests',
        ],
        all.map(({ name }) => {
          const measured = times.get(name) ?? []
          const { time, processor } = medians(measured)
          const slowest = quantile(
            measured.map((each) => each.time),
            0.99,
          )
          return [
            name,
            ratio(time, base.time),
            ratio(processor, base.processor),
            ms(time),
            ms(slowest),
            ms(processor),
            requests.get(name) ?? 0,
          ]
        }),
      )
    }
    report.note(
      'The peers take turns. Goal: 1.1 × the time of raw HTTP. Beyond parsing, an event costs 2 to 4 µs: ' +
        'its attributes become plain values, its command is remembered, and the handler is called.',
    )
  },
}
