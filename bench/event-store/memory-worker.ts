// Reads one history in its own process, and reports the memory that this takes.
import { say, taskText } from './parent.ts'
import { openPeer, type PeerName } from './peers.ts'

export interface MemoryTask {
  readonly peer: PeerName
  readonly endpoint: string
  readonly tableName: string
  readonly id: string
  /** A short history that is read first, so that all code is loaded and compiled. */
  readonly shortId: string
}

/** The memory in MiB, above the memory before the read. */
export interface MemoryResult {
  readonly heap: number
  readonly rss: number
  /** The part of the heap that is still in use after the read. */
  readonly kept: number
}

const SAMPLE_EVERY = 2
const MIB = 2 ** 20

const { peer, endpoint, tableName, id, shortId }: MemoryTask = JSON.parse(taskText())
const { client, hydrate } = openPeer(peer, endpoint, tableName)
for (let count = 0; count < 20; count += 1) await hydrate(shortId)
globalThis.gc?.()
const before = process.memoryUsage()
let heap = before.heapUsed
let rss = before.rss
const timer = setInterval(() => {
  const now = process.memoryUsage()
  heap = Math.max(heap, now.heapUsed + now.external)
  rss = Math.max(rss, now.rss)
}, SAMPLE_EVERY)
await hydrate(id)
clearInterval(timer)
globalThis.gc?.()
const result: MemoryResult = {
  heap: (heap - before.heapUsed - before.external) / MIB,
  rss: (rss - before.rss) / MIB,
  kept: (process.memoryUsage().heapUsed - before.heapUsed) / MIB,
}
say(result)
client.destroy()
process.disconnect()
