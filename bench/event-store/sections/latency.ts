import { Child } from '../child.ts'
import { COLD, formatOf, openPeer } from '../peers.ts'
import { rawRead } from '../raw.ts'
import type { ReplayTask } from '../replay-proxy.ts'
import type { Section } from '../section.ts'
import { figure, medians, ms, quantile, ratio, type Taken, taken } from '../statistics.ts'
import { Wire } from '../wire.ts'

const LATENCY = 8
const RAW = 'raw HTTP, page after page'

export const latency: Section = {
  name: 'latency',
  title: `3. The same where each request takes ${LATENCY} ms`,

  async run({ endpoint, stores, isQuick }, report) {
    const events = isQuick ? 10_000 : 100_000
    const rounds = isQuick ? 3 : 7
    const task: ReplayTask = { endpoint, latency: LATENCY }
    const proxy = new Child('replay-proxy.ts', task)
    try {
      const address: string = JSON.parse(await proxy.next())
      const wire = new Wire(address)
      const [id = ''] = await stores.resources('ours', events)
      const table = await stores.table('ours')
      const peers = await Promise.all(
        COLD.map(async (name) => {
          const [id = ''] = await stores.resources(formatOf(name), events)
          const { hydrate, meter, client } = openPeer(
            name,
            address,
            await stores.table(formatOf(name)),
          )
          const read = async () => {
            await hydrate(id)
            return meter.take().requests
          }
          return { name, read, close: () => client.destroy() }
        }),
      )
      const readRaw = async () => (await rawRead(wire, table, id)).requests
      const all = [{ name: RAW, read: readRaw, close: () => wire.destroy() }, ...peers]
      const rows = all.map(({ name, read, close }) => {
        return { name, read, close, requests: 0, times: [] as Taken[] }
      })
      for (let round = 0; round <= rounds; round += 1) {
        for (const row of rows) {
          const took = await taken(async () => {
            row.requests = await row.read()
          })
          if (round > 0) row.times.push(took)
        }
      }
      for (const { close } of rows) close()
      const of = (wanted: string) => medians(rows.find(({ name }) => name === wanted)?.times ?? [])
      report.table(
        [
          `${figure(events)} events, ${LATENCY} ms`,
          'time, to raw HTTP',
          'processor, to raw HTTP',
          'to ours',
          'median',
          '99th percentile',
          'processor time',
          'requests',
        ],
        rows.map(({ name, requests, times }) => {
          const { time, processor } = medians(times)
          const slowest = quantile(
            times.map((each) => each.time),
            0.99,
          )
          return [
            name,
            ratio(time, of(RAW).time),
            ratio(processor, of(RAW).processor),
            ratio(time, of('ours').time),
            ms(time),
            ms(slowest),
            ms(processor),
            requests,
          ]
        }),
      )
    } finally {
      await proxy.end()
    }
    report.note(
      'The emulator needs longer for a page than a round trip takes. Therefore a proxy in its own ' +
        'process replays the answers of a first, unmeasured round, ' +
        `each after ${LATENCY} ms. Goal: 0.75 × the time of raw HTTP. It is missed: raw HTTP spends two ` +
        'thirds of its time on parsing JSON in one thread, and the framework parses the same JSON.',
    )
  },
}
