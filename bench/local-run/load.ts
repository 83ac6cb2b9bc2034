import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { LoadResult } from './load-child.ts'
import { type ProcessorTime, processorTime, usedSince } from './processor-time.ts'

export interface LoadOptions {
  readonly kind: 'commands' | 'queries'
  readonly seconds: number
  readonly graphqlUrl: string
  readonly apiKey: string
  /** The process whose processor time is measured, with its descendants. */
  readonly pid: number
}

export interface Load extends LoadResult {
  /** Undefined if the system does not report processor times. */
  readonly used: ProcessorTime | undefined
}

/** Puts a run under load from a separate process, and returns the result. */
export async function load({ kind, seconds, graphqlUrl, apiKey, pid }: LoadOptions): Promise<Load> {
  const program = join(import.meta.dirname, 'load-child.ts')
  const options = { url: graphqlUrl, key: apiKey, kind, seconds: `${seconds}` }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  let before: ProcessorTime | undefined
  let result: LoadResult | undefined
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'warm') before = processorTime(pid)
    else result = JSON.parse(line)
  }
  await exit
  if (!result) throw new Error(`The load of ${kind} ended by itself`)
  const after = processorTime(pid)
  return { ...result, used: before && after && usedSince(before, after) }
}

/** Returns a line of a report: `400/s, median 38.1 ms, …`. */
export function loadLine({ count, failed, seconds, median, percentile99, used }: Load): string {
  const rate = (count / seconds).toFixed(0)
  const times = `median ${median.toFixed(1)} ms, 99th percentile ${percentile99.toFixed(1)} ms`
  const parts = [...(used ?? [])]
    .filter(([, time]) => time / count >= 0.01)
    .map(([name, time]) => `${name} ${(time / count).toFixed(2)} ms`)
  const processors = parts.length > 0 ? `; processor time each: ${parts.join(', ')}` : ''
  return `${rate}/s, ${times}, ${failed} with errors${processors}`
}
