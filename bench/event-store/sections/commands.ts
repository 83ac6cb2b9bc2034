import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cost } from '../meter.ts'
import { COLD, formatOf, type OpenPeer, openPeer, type PeerName } from '../peers.ts'
import type { Section } from '../section.ts'
import { figure, mean, medians, ms, quantile, ratio, type Taken, taken } from '../statistics.ts'
import { chart, type Line } from '../svg.ts'

const WARM = 100

/** Returns the number of runs of a command and of resources. Short histories must stay short. */
function plan(events: number, isQuick: boolean) {
  if (events <= 100) return { times: isQuick ? 10 : 40, resources: isQuick ? 10 : 40 }
  if (events <= 10_000) return { times: isQuick ? 3 : 10, resources: 1 }
  return { times: 3, resources: 1 }
}

type Sample = Cost & Taken

export const commands: Section = {
  name: 'commands',
  title: '1. One command (restock), by the length of the history',

  async run({ endpoint, stores, isQuick }, report) {
    const lengths = [1, 10, 100, 1000, 10_000, ...(isQuick ? [] : [100_000])]
    const times: Record<string, [number, number][]> = {}
    const units: Record<string, [number, number][]> = {}
    const rows: (string | number)[][] = []
    for (const events of lengths) {
      const samples = await measure(events)
      const [, original = []] = samples.find(([name]) => name === 'the original') ?? []
      const base = medians(original)
      for (const [name, measured] of samples) {
        const { time, processor } = medians(measured)
        const of = (key: keyof Cost) => mean(measured.map((sample) => sample[key]))
        const label = name === 'ours' ? 'ours, cold' : name
        rows.push([
          `${label}, ${figure(events)} ${events === 1 ? 'event' : 'events'}`,
          ratio(time, base.time),
          ratio(processor, base.processor),
          ms(time),
          ms(
            quantile(
              measured.map((sample) => sample.time),
              0.99,
            ),
          ),
          ms(processor),
          figure(of('requests')),
          figure(of('readUnits')),
          figure(of('writeUnits')),
          measured.length,
        ])
        times[label] = [...(times[label] ?? []), [events, time]]
        units[label] = [...(units[label] ?? []), [events, of('readUnits') + of('writeUnits')]]
      }
    }
    report.table(
      [
        '',
        'time, to the original',
        'processor, to the original',
        'median',
        '99th percentile',
        'processor time',
        'requests',
        'read units',
        'write units',
        'runs',
      ],
      rows,
    )
    report.note(
      'Warm: the process has cached the state of the product. Castore and the original cache nothing. Of a ' +
        'few runs, the 99th percentile is the longest. Processor time is that of the process that ' +
        'commits, and includes its garbage collection. Castore also writes the first event of an ' +
        'aggregate to an index. Goals: cold, at most the time of the original and of Castore; warm, 1 ' +
        'request and 1 write unit at every length.',
    )
    if (!isQuick) {
      const lines = (points: typeof times): Line[] =>
        Object.entries(points).map(([label, points]) => ({ label, points }))
      const svg = chart('What one command costs', 'events in the history', [
        { title: 'median time, ms', lines: lines(times) },
        { title: 'capacity units', lines: lines(units) },
      ])
      writeFileSync(join(import.meta.dirname, '../../command-cost.svg'), svg)
    }

    async function measure(events: number): Promise<(readonly [PeerName, Sample[]])[]> {
      const { times, resources } = plan(events, isQuick)
      const cold = await Promise.all(
        COLD.map(async (name) => {
          const format = formatOf(name)
          // Our events and the original's have the same format, but each peer extends its own
          // histories.
          const purpose = name === 'the original' ? name : 'histories'
          const ids = await stores.resources(format, events, resources, purpose)
          const peer = openPeer(name, endpoint, await stores.table(format, purpose))
          const [warmUp = ''] = await stores.resources(format, 5, 1, purpose)
          for (let count = 0; count < 5; count += 1) await peer.restock(warmUp)
          peer.meter.take()
          return { name, peer, ids, samples: [] as Sample[] }
        }),
      )
      for (let run = 0; run < times; run += 1) {
        for (const { peer, ids, samples } of cold) {
          samples.push(await sample(peer, ids[run % ids.length] ?? ''))
        }
      }
      for (const { peer } of cold) peer.client.destroy()
      const [id = ''] = cold[0]?.ids ?? []
      const peer = openPeer('ours, warm', endpoint, await stores.table('ours'))
      await peer.restock(id)
      peer.meter.take()
      const warm: Sample[] = []
      for (let run = 0; run < WARM; run += 1) warm.push(await sample(peer, id))
      peer.client.destroy()
      return [['ours, warm', warm], ...cold.map(({ name, samples }) => [name, samples] as const)]
    }
  },
}

async function sample({ restock, meter }: OpenPeer, id: string): Promise<Sample> {
  const measured = await taken(() => restock(id))
  return { ...measured, ...meter.take() }
}
