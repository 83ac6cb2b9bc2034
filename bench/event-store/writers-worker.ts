// Runs several writers on one resource, in its own process. Begins when the parent sends a message.
import { say, taskText, whenTold } from './parent.ts'
import { openPeer, type PeerName } from './peers.ts'
import { timed } from './statistics.ts'

export interface WritersTask {
  readonly peer: PeerName
  readonly endpoint: string
  readonly tableName: string
  readonly id: string
  readonly writers: number
  /** The number of events that each writer commits, one after another. */
  readonly events: number
  readonly retries: number
}

export interface WritersResult {
  readonly committed: number
  /** The errors of the failed commits. */
  readonly failures: readonly string[]
  readonly requests: number
  /** The time of each commit, in milliseconds. */
  readonly times: readonly number[]
}

const task: WritersTask = JSON.parse(taskText())
const { client, meter, restock } = openPeer(task.peer, task.endpoint, task.tableName, task.retries)
const times: number[] = []
const failures: string[] = []

async function writer(): Promise<void> {
  for (let count = 0; count < task.events; count += 1) {
    try {
      times.push(await timed(() => restock(task.id)))
    } catch (error) {
      failures.push(error instanceof Error && 'code' in error ? `${error.code}` : `${error}`)
    }
  }
}

say('ready')
await whenTold()
await Promise.all(Array.from({ length: task.writers }, writer))
const { requests } = meter.take()
const result: WritersResult = { committed: times.length, failures, requests, times }
say(result)
client.destroy()
process.disconnect()
