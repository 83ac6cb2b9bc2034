import { oddRound, startOddApis } from './support/corpus.ts'
import { stopApis } from './support/notes.ts'
import { closeClients } from './support/realtime-client.ts'

const SEED = Number(process.env.CORPUS_SEED ?? 1)

afterEach(async () => {
  await closeClients()
  await stopApis()
})

test(`odd requests, messages and handshakes are the mistakes of the client (CORPUS_SEED=${SEED})`, async () => {
  for (const [index, api] of (await startOddApis()).entries()) {
    expect(await oddRound(api, SEED + index)).toEqual([])
  }
})
