import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Outputs } from '../../lib/local/state-folder.ts'
import { cdkApp, synthesize } from '../../lib/local/synthesis/index.ts'
import { FIXTURE, MainProcess } from './support/main-process.ts'
import { childrenOf } from './support/processes.ts'
import { until } from './support/until.ts'

jest.setTimeout(60_000)

let folder: string
let state: string
const processes: MainProcess[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-'))
  await synthesize(await cdkApp(FIXTURE), join(folder, 'assembly'))
})

beforeEach(async () => {
  state = await mkdtemp(join(folder, 'state-'))
})

afterEach(async () => {
  await Promise.all(processes.splice(0).map((process) => process.kill('SIGKILL')))
})

afterAll(async () => {
  await rm(folder, { recursive: true })
})

function start(args: string[], cwd?: string): MainProcess {
  const process = new MainProcess(args, cwd)
  processes.push(process)
  return process
}

/** Options to run what is synthesized already, on a folder of the test's own. */
const assembled = () => ['--port', '0', '--data', state, '--assembly', join(folder, 'assembly')]

async function graphql({ graphqlUrl, apiKey = '' }: Outputs, query: string) {
  const response = await fetch(graphqlUrl, {
    method: 'POST',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  return response.json()
}

const count = (id: string) => `mutation { count(id: "${id}") { id number } }`

test('with --data memory nothing is kept but logs, traces and, while it runs, outputs.json', async () => {
  const cwd = join(folder, 'memory')
  await mkdir(cwd)
  const main = start(
    ['--port', '0', '--data', 'memory', '--assembly', join(folder, 'assembly')],
    cwd,
  )
  const outputs = await main.ready(join(cwd, '.local'))
  await graphql(outputs, count('a'))
  expect(await main.kill('SIGTERM')).toBe(0)
  expect(readdirSync(join(cwd, '.local')).filter((name) => !/logs|traces/.test(name))).toEqual([])
})

test('an emulator that ends by itself ends the run, which says so', async () => {
  const main = start(assembled())
  await main.ready(state)
  for (const emulator of childrenOf(...childrenOf(main.pid))) process.kill(emulator, 'SIGKILL')
  expect(await main.exited).toBe(1)
  expect(main.output).toMatch(/^DynamoDB \(.+\) ended by itself/m)
})

test('a second signal ends it at once', async () => {
  const main = start(assembled())
  const outputs = await main.ready(state)
  // A function that is under way makes the first signal wait.
  const answer = graphql(outputs, '{ counts(id: "sleep") { id } }').catch(() => {})
  await until('the function runs', () => main.output.includes('sleeping'))
  const exited = main.kill('SIGTERM')
  const again = setInterval(() => main.signal('SIGTERM'), 50)
  expect(await exited).toBe(0)
  clearInterval(again)
  expect(main.output).toContain('stopping at once')
  await answer
})

describe('a start that fails says why, and leaves nothing behind:', () => {
  async function expectFailure(main: MainProcess, ...texts: (string | RegExp)[]) {
    expect(await main.exited).toBe(1)
    for (const text of texts) expect(main.output).toMatch(text)
    expect(main.output).not.toMatch(/^ {4}at /m)
  }

  test('an app that does not synthesize, in its own words', async () => {
    const cwd = join(folder, 'broken')
    await mkdir(cwd)
    const app = `node -e 'console.error("the app is broken"); process.exit(1)'`
    await writeFile(join(cwd, 'cdk.json'), JSON.stringify({ app }))
    await expectFailure(
      start(['--port', '0', '--data', join(cwd, 'state')], cwd),
      'The CDK app does not synthesize',
      'the app is broken',
    )
    expect(readdirSync(join(cwd, 'state'))).toEqual(['dynamodb'])
  })

  test('a folder that is no assembly', async () => {
    const args = ['--port', '0', '--data', state, '--assembly', folder]
    await expectFailure(start(args), `${folder} is no cloud assembly`)
  })

  test('a port that is taken', async () => {
    const server = createServer().listen(0)
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    try {
      const args = ['--port', `${port}`, '--data', state, '--assembly', join(folder, 'assembly')]
      await expectFailure(start(args), new RegExp(`${port}`))
    } finally {
      server.close()
    }
  })
})
