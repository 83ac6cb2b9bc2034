import { COLD, formatOf, openPeer } from '../peers.ts'
import type { Section } from '../section.ts'
import { figure, median, ms, ratio, timed } from '../statistics.ts'

const EVENTS = 10
const SAMPLE = 1000

export const all: Section = {
  name: 'all',
  title: '5. All resources',

  async run({ endpoint, stores, isQuick }, report) {
    const resources = isQuick ? 2000 : 10_000
    const rows = []
    for (const name of COLD) {
      const format = formatOf(name)
      await stores.resources(format, EVENTS, resources, 'all')
      const { all, meter, client } = openPeer(name, endpoint, await stores.table(format, 'all'))
      // The first read does not count, because it loads and compiles the code.
      const most = name === 'Castore' ? SAMPLE : resources
      await all(Math.min(most, SAMPLE))
      const times: number[] = []
      for (let round = 0; round < (isQuick ? 1 : 3); round += 1) {
        meter.take()
        times.push(
          await timed(async () => {
            const read = await all(most)
            if (read !== most) throw new Error(`${name} read ${read} of ${most} resources`)
          }),
        )
      }
      const { requests, readUnits } = meter.take()
      client.destroy()
      rows.push({ name, most, requests, readUnits, time: median(times) })
    }
    const base = (rows[0]?.time ?? 0) / resources
    report.table(
      [`${figure(EVENTS)} events each`, 'resources', 'requests', 'read units', 'time', 'to ours'],
      rows.map(({ name, most, requests, readUnits, time }) => [
        name,
        figure(most),
        figure(requests),
        figure(readUnits),
        ms(time),
        ratio(time / most, base),
      ]),
    )
    report.note(
      `There are ${figure(resources)} resources. Castore lists all ids, in an index, and then reads ` +
        `each aggregate (16 at once here): measured on ${figure(SAMPLE)} after the whole list, the ` +
        `ratio is per resource and so a little too high. ` +
        `For all it makes ${figure(resources - SAMPLE)} requests more.`,
    )
  },
}
