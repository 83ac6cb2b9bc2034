import { Child } from '../child.ts'
import type { MemoryResult, MemoryTask } from '../memory-worker.ts'
import { COLD, formatOf } from '../peers.ts'
import type { Section } from '../section.ts'
import { figure } from '../statistics.ts'

export const memory: Section = {
  name: 'memory',
  title: '6. Memory while a history is read',

  async run({ endpoint, stores, isQuick }, report) {
    const events = isQuick ? 10_000 : 100_000
    const rows: string[][] = []
    for (const peer of COLD) {
      const [id = ''] = await stores.resources(formatOf(peer), events)
      const [shortId = ''] = await stores.resources(formatOf(peer), 100)
      const tableName = await stores.table(formatOf(peer))
      const task: MemoryTask = { peer, endpoint, tableName, id, shortId }
      const child = new Child('memory-worker.ts', task, ['--expose-gc'])
      try {
        const { heap, rss, kept }: MemoryResult = JSON.parse(await child.next())
        rows.push([
          peer,
          ...[heap, rss, kept].map((mib) => `${figure(Math.max(0, Math.round(mib)))} MiB`),
        ])
      } finally {
        await child.end()
      }
    }
    report.table([`${figure(events)} events`, 'heap and buffers', 'RSS', 'kept'], rows)
    report.note(
      'The highest of samples every 2 ms, over what a process had that has read a short history and ' +
        'collected its garbage. It includes garbage that V8 saw no need to collect yet.',
    )
  },
}
