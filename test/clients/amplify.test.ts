import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { eventually } from '../support/eventually.ts'
import { LocalRun } from '../support/local-run.ts'

interface Told {
  readonly about: string
  readonly id?: string
  readonly number?: number
  readonly error?: string
}

let run: LocalRun
let client: ChildProcessWithoutNullStreams | undefined
let told: Told[]

beforeAll(async () => {
  run = await LocalRun.start()
}, 60_000)
afterAll(() => run?.remove(), 30_000)
afterEach(async () => {
  if (client?.exitCode === null) {
    client.kill('SIGKILL')
    await once(client, 'exit')
  }
})

function start(
  apiKey: string,
  env: Record<string, string>,
  file = 'amplify.mjs',
  more: string[] = [],
) {
  const endpoint = run.outputs.graphqlUrl.replace('http:', 'https:')
  const args = ['--import', 'tsx', join(__dirname, file), endpoint, apiKey, ...more]
  const started = spawn(process.execPath, args, { env: { ...process.env, ...env } })
  told = []
  createInterface({ input: started.stdout }).on('line', (line) => told.push(JSON.parse(line)))
  client = started
  return started
}

const trusting = () => ({ NODE_EXTRA_CA_CERTS: join(run.folder, 'certificate.pem') })
const hears = (about: string, number?: number) =>
  eventually(
    async () => told.find((line) => line.about === about && (!number || line.number === number)),
    20_000,
  )

const reserve = (id: string) =>
  run.graphql('mutation ($id: ID!) { reserveSeats(input: { id: $id }) { id } }', { id })
const addSeats = (id: string) =>
  run.graphql('mutation ($id: ID!) { addSeats(input: { id: $id, amount: 1 }) { id } }', {
    id,
  })

test('Amplify sends commands, receives events and unsubscribes', async () => {
  const { stdin } = start(run.outputs.apiKey, trusting())
  const { id = '' } = await hears('concert')
  // Amplify does not report when its subscription starts, so the test adds seats until an event
  // arrives.
  await eventually(async () => {
    await addSeats(id)
    return told.find(({ about }) => about === 'event')
  }, 20_000)
  await reserve(id)
  const { number: last = 0 } = await eventually(async () =>
    told.find((line) => line.about === 'event' && Object(line).type === 'SeatsReserved'),
  )
  stdin.write('\n')
  await hears('unsubscribed')
  await addSeats(id)
  await addSeats(id)
  // An event of the first command would have arrived before the second answer.
  expect(told.filter(({ number = 0 }) => number > last)).toEqual([])
}, 60_000)

test('Amplify is rejected with a wrong key', async () => {
  start('da2-wrong', trusting())
  expect(await hears('failed')).toMatchObject({ error: 'Unauthorized' })
}, 60_000)

test('a client that does not trust the certificate fails to connect', async () => {
  start(run.outputs.apiKey, {})
  expect(await hears('failed')).toBeDefined()
}, 60_000)

describe('a watcher over Amplify', () => {
  const watch = (id: string, apiKey = run.outputs.apiKey, wanted = 'amount') =>
    start(apiKey, trusting(), 'amplify-watcher.ts', [id, wanted])
  const numbers = () => told.filter(({ about }) => about === 'event').map(({ number }) => number)
  const range = (to: number) => Array.from({ length: to }, (_, index) => index + 1)

  test('receives each event once and in order, even if its connection is cut', async () => {
    const { data } = await run.graphql('mutation { addSeats(input: { amount: 1 }) { id } }')
    const id = data?.addSeats?.id ?? ''
    const { stdin } = watch(id)
    await hears('event', 1)
    for (const last of [4, 7, 10]) {
      if (last > 4) stdin.write('\n')
      for (let count = 0; count < 3; count += 1) await addSeats(id)
      await hears('event', last)
    }
    expect(numbers()).toEqual(range(10))
  }, 60_000)

  test.each([
    ['a wrong key', 'da2-wrong', 'amount', 'UnauthorizedException'],
    ['an unknown attribute', undefined, 'typo', 'ValidationError'],
  ])(
    'fails with %s',
    async (_, apiKey, wanted, error) => {
      watch('00000000-0000-4000-8000-000000000000', apiKey, wanted)
      expect(await hears('failed')).toMatchObject({ error })
    },
    60_000,
  )
})
