import { randomUUID } from 'node:crypto'
import { Child, together } from '../child.ts'
import { formatOf, type PeerName } from '../peers.ts'
import type { Bench, Section } from '../section.ts'
import { figure, median, ms, quantile } from '../statistics.ts'
import type { WritersResult, WritersTask } from '../writers-worker.ts'

const PROCESSES = 4
const EVENTS = 3
/** More retries than any writer needs, so that no writer gives up. */
const RETRIES = 5000

export const writers: Section = {
  name: 'writers',
  title: '4. Many writers on one resource',

  async run(bench, report) {
    const rows: string[][] = []
    for (const count of bench.isQuick ? [16] : [16, 64]) {
      for (const processes of [1, PROCESSES]) {
        for (const peer of ['ours, warm', 'Castore'] as const) {
          rows.push(await contend(bench, peer, count, processes))
        }
      }
    }
    report.table(
      ['', 'committed', 'failed', 'requests per event', 'events/s', 'median', '99th percentile'],
      rows,
    )
    report.note(
      `Each writer commits ${EVENTS} events, one after the other, to a resource that has 1. The times ` +
        `are of one commit with all its retries. Castore’s command has ${figure(RETRIES)} retries ` +
        '(default: 2), ours ten minutes (default: 10 s).',
    )
  },
}

async function contend(
  { endpoint, stores }: Bench,
  peer: PeerName,
  count: number,
  processes: number,
): Promise<string[]> {
  const format = formatOf(peer)
  const purpose = `writers-${randomUUID()}`
  const [id = ''] = await stores.resources(format, 1, 1, purpose)
  const tableName = await stores.table(format, purpose)
  const task: WritersTask = {
    peer,
    endpoint,
    tableName,
    id,
    writers: count / processes,
    events: EVENTS,
    retries: RETRIES,
  }
  const children = Array.from({ length: processes }, () => new Child('writers-worker.ts', task))
  try {
    const { time, texts } = await together(children)
    const results = texts.map((text): WritersResult => JSON.parse(text))
    const sum = (of: (result: WritersResult) => number) =>
      results.reduce((total, result) => total + of(result), 0)
    const committed = sum((result) => result.committed)
    const times = results.flatMap((result) => result.times)
    return [
      `${peer.startsWith('ours') ? 'ours' : peer}, ${count} writers in ${processes === 1 ? '1 process' : `${processes} processes`}`,
      `${committed}`,
      `${sum(({ failures }) => failures.length)}`,
      figure(sum(({ requests }) => requests) / committed),
      figure(Math.round((committed / time) * 1000)),
      ms(median(times)),
      ms(quantile(times, 0.99)),
    ]
  } finally {
    await Promise.all(children.map((child) => child.end()))
  }
}
