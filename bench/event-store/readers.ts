import { Child } from './child.ts'
import { COLD, formatOf } from './peers.ts'
import type { Report } from './report.ts'
import { medians, ms, quantile, ratio, type Taken } from './statistics.ts'
import type { Stores } from './stores.ts'

export const RAW = 'raw HTTP, page after page'

export const READERS = [RAW, ...COLD] as const

export type Reader = (typeof READERS)[number]

export interface ReadTask {
  readonly reader: Reader
  readonly endpoint: string
  readonly tableName: string
  readonly id: string
  /** The number of events of the history. */
  readonly events: number
  /** A short history for warming up. */
  readonly shortId: string
}

export interface Reading extends Taken {
  readonly requests: number
}

interface Rounds {
  /** The number of events of the history. */
  readonly events: number
  /** The number of rounds that count. In each round, every reader reads once. */
  readonly rounds: number
  /** The number of rounds before, which do not count. */
  readonly before: number
}

const SHORT = 1000

/**
 * Lets every reader read a history of this length, and reports the times. The readers take turns.
 * Each one has its own process, so that no reader pays for the garbage of another.
 */
export async function readInTurns(
  report: Report,
  title: string,
  stores: Stores,
  endpoint: string,
  { events, rounds, before }: Rounds,
): Promise<void> {
  const readers: { readonly reader: Reader; readonly child: Child; readonly all: Reading[] }[] = []
  try {
    for (const reader of READERS) {
      const format = reader === RAW ? 'ours' : formatOf(reader)
      const [id = ''] = await stores.resources(format, events)
      const [shortId = ''] = await stores.resources(format, SHORT)
      const tableName = await stores.table(format)
      const task: ReadTask = { reader, endpoint, tableName, id, events, shortId }
      readers.push({ reader, child: new Child('read-worker.ts', task), all: [] })
    }
    for (let round = -before; round < rounds; round += 1) {
      for (const { child, all } of readers) {
        await child.next()
        child.go()
        const reading: Reading = JSON.parse(await child.next())
        if (round >= 0) all.push(reading)
      }
    }
  } finally {
    await Promise.all(readers.map(({ child }) => child.end()))
  }
  const rows = readers.map(({ reader, all }) => ({ reader, all, median: medians(all) }))
  const of = (wanted: Reader) => rows.find(({ reader }) => reader === wanted)?.median
  report.table(
    [
      title,
      'time, to raw HTTP',
      'processor, to raw HTTP',
      'time, to ours',
      'median',
      '99th percentile',
      'processor time',
      'requests',
    ],
    rows.map(({ reader, all, median: { time, processor } }) => [
      reader,
      ratio(time, of(RAW)?.time ?? 0),
      ratio(processor, of(RAW)?.processor ?? 0),
      ratio(time, of('ours')?.time ?? 0),
      ms(time),
      ms(
        quantile(
          all.map((reading) => reading.time),
          0.99,
        ),
      ),
      ms(processor),
      all.at(-1)?.requests ?? 0,
    ]),
  )
}
