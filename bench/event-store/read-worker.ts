// Reads one history in its own process, each time the parent sends a message.
import { say, taskText, whenTold } from './parent.ts'
import { openPeer } from './peers.ts'
import { rawRead } from './raw.ts'
import { RAW, type Reading, type ReadTask } from './readers.ts'
import { taken } from './statistics.ts'
import { Wire } from './wire.ts'

/** The number of reads of a short history, so that all code is loaded and compiled. */
const WARM_UPS = 20

const task: ReadTask = JSON.parse(taskText())
const { reader, endpoint, tableName, shortId, id, events } = task

/** Returns a function that reads a history, and returns the number of requests. */
function open(): (id: string, events: number) => Promise<number> {
  if (reader === RAW) {
    const wire = new Wire(endpoint)
    return async (id) => (await rawRead(wire, tableName, id)).requests
  }
  const { hydrate, meter } = openPeer(reader, endpoint, tableName)
  return async (id, events) => {
    const version = await hydrate(id)
    if (version < events) throw new Error(`${reader} read ${version} of ${events} events`)
    return meter.take().requests
  }
}

const read = open()
for (let count = 0; count < WARM_UPS; count += 1) await read(shortId, 0)
for (;;) {
  const told = whenTold()
  say('ready')
  await told
  let requests = 0
  const took = await taken(async () => {
    requests = await read(id, events)
  })
  const reading: Reading = { ...took, requests }
  say(reading)
}
