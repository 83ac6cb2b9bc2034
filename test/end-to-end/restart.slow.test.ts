import { rmSync } from 'node:fs'
import { join } from 'node:path'
import WebSocket from 'ws'
import { appSyncTransport, eventFeed } from '../../lib/client/index.ts'
import { readings } from '../client/support/reading.ts'
import { LocalRun } from '../support/local-run.ts'

let run: LocalRun | undefined
const { read, endAll } = readings()
afterEach(async () => {
  await endAll()
  await run?.remove()
}, 30_000)

async function addSeats(input: string): Promise<{ id: string; version: number } | undefined> {
  const { data } = (await run?.graphql(
    `mutation { addSeats(input: { ${input} }) { id version } }`,
  )) ?? { data: null }
  return data?.addSeats
}

const numbers = async (id: string) =>
  (await run?.graphql(`{ concertEvents(id: "${id}") { number } }`))?.data?.concertEvents?.map(
    ({ number }) => number,
  )

test('Ctrl-C ends the run, and the next run continues with all events', async () => {
  run = await LocalRun.start()
  const { id = '' } = (await addSeats('amount: 1')) ?? {}
  await addSeats(`id: "${id}", amount: 1`)
  const { graphqlUrl } = run.outputs
  expect(await run.end('SIGINT')).toBe(0)
  await expect(fetch(graphqlUrl)).rejects.toThrow()

  run = await LocalRun.start(run.folder)
  expect(await numbers(id)).toEqual([1, 2])
  expect(await addSeats(`id: "${id}", amount: 1`)).toEqual({ id, version: 3 })
}, 90_000)

test('a watcher loses no event when its API key is replaced', async () => {
  let starting = LocalRun.start()
  run = await starting
  const { outputs, folder } = run
  const { graphqlUrl } = outputs
  const transport = appSyncTransport({
    graphqlUrl,
    // Waits for the new key while a run starts: three refusals in a row would end the watcher.
    auth: async () => ({ apiKey: (await starting).outputs.apiKey }),
    webSocket: WebSocket,
    longestPause: 300,
  })
  const concerts = eventFeed({ transport, resource: 'Concert', fields: [], longestPause: 300 })
  const { id = '' } = (await addSeats('amount: 1')) ?? {}
  const reading = read(concerts.watchEvents({ id }))
  await reading.reach(1)
  await run.end()
  rmSync(join(folder, 'api-keys.json'))

  starting = LocalRun.start(folder, {}, ['--port', new URL(graphqlUrl).port])
  run = await starting
  expect(run.outputs).toMatchObject({
    graphqlUrl,
    apiKey: expect.not.stringMatching(outputs.apiKey),
  })
  await addSeats(`id: "${id}", amount: 1`)
  expect((await reading.reach(2, 20_000)).map(({ number }) => number)).toEqual([1, 2])
}, 90_000)

test('kill -9 loses no acknowledged event', async () => {
  run = await LocalRun.start()
  const { id = '' } = (await addSeats('amount: 1')) ?? {}
  const acknowledged = [1]
  const writers = Array.from({ length: 4 }, async () => {
    for (;;) {
      const concert = await addSeats(`id: "${id}", amount: 1`)
      if (concert) acknowledged.push(concert.version)
    }
  })
  while (acknowledged.length < 40) await new Promise((resolve) => setImmediate(resolve))
  await run.end('SIGKILL')
  await Promise.allSettled(writers)

  run = await LocalRun.start(run.folder)
  const stored = await numbers(id)
  expect(stored).toEqual(Array.from({ length: stored?.length ?? 0 }, (_, index) => index + 1))
  expect(stored).toEqual(expect.arrayContaining(acknowledged))
}, 90_000)
