import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import WebSocket from 'ws'
import { eventually } from '../../support/eventually.ts'
import type { LocalRun } from '../../support/local-run.ts'

/** The memory of a run, in MiB. */
export interface Memory {
  /** The objects of the main thread that garbage collection leaves. */
  readonly heap: number
  /** The memory of the process, with all threads and with garbage. */
  readonly process: number
}

/** The environment of a run whose memory can be measured. */
export const MEASURABLE = { NODE_OPTIONS: '--inspect-port=0' }

/** Collects the garbage of a run's main thread, and returns the memory. */
export async function memoryOf(run: LocalRun): Promise<Memory> {
  // Starts the inspector of a Node.js process, which prints its address.
  process.kill(run.pid, 'SIGUSR1')
  const address = await eventually(
    async () => /ws:\/\/127\.0\.0\.1:\d+\/[\w-]+/.exec(run.output)?.[0],
  )
  const inspector = new WebSocket(address)
  await once(inspector, 'open')
  await call(inspector, 'HeapProfiler.collectGarbage')
  const { usedSize } = await call(inspector, 'Runtime.getHeapUsage')
  inspector.close()
  await once(inspector, 'close')
  const ps = execFileSync('ps', ['-o', 'rss=', '-p', `${run.pid}`], { encoding: 'utf8' })
  return { heap: Number(usedSize) / 2 ** 20, process: Number(ps) / 2 ** 10 }
}

async function call(inspector: WebSocket, method: string): Promise<Record<string, unknown>> {
  inspector.send(JSON.stringify({ id: 1, method }))
  const [answer] = await once(inspector, 'message')
  const { result } = JSON.parse(String(answer))
  return Object(result)
}
