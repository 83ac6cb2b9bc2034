import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { oddRound, ROUND, startOddApis } from './support/corpus.ts'
import { stopApis } from './support/notes.ts'
import { closeClients } from './support/realtime-client.ts'

const SEED = Number(process.env.CORPUS_SEED ?? Date.now() % 1_000_000)
const CASES = Number(process.env.CORPUS_CASES ?? 10_000)
/** The most bytes that the second half of the corpus may add to the memory in use. */
const GROWTH = 16 * 1024 * 1024

afterAll(async () => {
  await closeClients()
  await stopApis()
})

test(`${CASES} odd requests, messages and handshakes are the mistakes of the client (seed ${SEED})`, async () => {
  process.stdout.write(`corpus: CORPUS_CASES=${CASES} CORPUS_SEED=${SEED}\n`)
  const apis = await startOddApis()
  const rounds = Math.ceil(CASES / ROUND / apis.length)
  let half = 0
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, api] of apis.entries()) {
      expect(await oddRound(api, SEED + round * apis.length + index)).toEqual([])
    }
    if (round === Math.floor(rounds / 2)) half = memoryInUse()
  }
  const growth = memoryInUse() - half
  process.stdout.write(`corpus: grew by ${Math.round(growth / 1024)} KiB in the second half\n`)
  expect(growth).toBeLessThan(GROWTH)
}, 600_000)

function memoryInUse(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc()')
  return process.memoryUsage().heapUsed
}
