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

function start(apiKey: string, env: Record<string, string>) {
  const endpoint = run.outputs.graphqlUrl.replace('http:', 'https:')
  const started = spawn(process.execPath, [join(__dirname, 'amplify.mjs'), endpoint, apiKey], {
    env: { ...process.env, ...env },
  })
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
  run.graphql('mutation ($id: ID!) { reserveProduct(input: { id: $id }) { id } }', { id })
const restock = (id: string) =>
  run.graphql('mutation ($id: ID!) { restockProduct(input: { id: $id, amount: 1 }) { id } }', {
    id,
  })

test('Amplify calls, subscribes, hears and unsubscribes', async () => {
  const { stdin } = start(run.outputs.apiKey, trusting())
  const { id = '' } = await hears('product')
  // Amplify does not say when its subscription has begun: events are repeated until one is heard.
  await eventually(async () => {
    await restock(id)
    return told.find(({ about }) => about === 'event')
  }, 20_000)
  await reserve(id)
  const { number: last = 0 } = await eventually(async () =>
    told.find((line) => line.about === 'event' && Object(line).type === 'ProductReserved'),
  )
  stdin.write('\n')
  await hears('unsubscribed')
  await restock(id)
  await restock(id)
  // What was sent to it before would have arrived before the answer to this.
  expect(told.filter(({ number = 0 }) => number > last)).toEqual([])
}, 60_000)

test('Amplify is refused with a bad key', async () => {
  start('da2-wrong', trusting())
  expect(await hears('failed')).toMatchObject({ error: 'Unauthorized' })
}, 60_000)

test('whoever does not trust the certificate is not connected', async () => {
  start(run.outputs.apiKey, {})
  expect(await hears('failed')).toBeDefined()
}, 60_000)
