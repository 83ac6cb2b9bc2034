import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { HARMLESS } from './support/environments.ts'
import { count, withFixtureRuns } from './support/fixture-runs.ts'
import { readJsonLines } from './support/json-lines.ts'
import type { MainProcess } from './support/main-process.ts'
import { childrenOf, isRunning } from './support/processes.ts'
import { answers, until } from './support/until.ts'

jest.setTimeout(60_000)

const runs = withFixtureRuns()

/** Returns the checkpoint of the stream. */
function readPositions(): string {
  const checkpoints = join(runs.state, 'checkpoints')
  const [file = ''] = readdirSync(checkpoints)
  return readFileSync(join(checkpoints, file), 'utf8')
}

test('with --data memory, only logs, traces and decisions about permissions remain after the run', async () => {
  const cwd = join(runs.folder, 'memory')
  await mkdir(cwd)
  const main = runs.start(
    ['--port', '0', '--data', 'memory', '--assembly', join(runs.folder, 'assembly')],
    cwd,
  )
  const outputs = await main.ready(join(cwd, '.local'))
  await runs.graphql(outputs, count('a'))
  expect(await main.kill('SIGTERM')).toBe(0)
  expect(
    readdirSync(join(cwd, '.local')).filter((name) => !/logs|traces|access/.test(name)),
  ).toEqual([])
})

test('an emulator that ends unexpectedly ends the run with a message', async () => {
  const main = runs.start(runs.assembled())
  await main.ready(runs.state)
  for (const emulator of childrenOf(...childrenOf(main.pid))) process.kill(emulator, 'SIGKILL')
  expect(await main.exited).toBe(1)
  expect(main.output).toMatch(/^DynamoDB \(.+\) ended unexpectedly/m)
})

test('a second signal ends the run at once', async () => {
  const main = runs.start(runs.assembled())
  const outputs = await main.ready(runs.state)
  // After the first signal, the run waits for the running function.
  const answer = runs.graphql(outputs, '{ counts(id: "sleep") { id } }').catch(() => {})
  await until('the function runs', () => main.output.includes('sleeping'))
  const exited = main.kill('SIGTERM')
  const again = setInterval(() => main.signal('SIGTERM'), 50)
  expect(await exited).toBe(0)
  clearInterval(again)
  expect(main.output).toContain('stopping at once')
  await answer
})

test('a record that exhausts its attempts goes to the queue', async () => {
  const main = runs.start(runs.assembled())
  const outputs = await main.ready(runs.state)
  await runs.graphql(outputs, count('poison'))
  const queues = join(runs.state, 'queues')
  const messages = () =>
    (existsSync(queues) ? readdirSync(queues) : []).flatMap((file) =>
      readJsonLines(join(queues, file)),
    )
  await until('a message', () => messages().length > 0)
  expect(messages()).toMatchObject([
    { requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 } },
  ])
  await main.kill('SIGTERM')
})

test('a killed run leaves no process behind, and the next run continues its work', async () => {
  const first = runs.start(runs.assembled())
  const before = await first.ready(runs.state)
  const positions = readPositions()
  const announced = runs.announcements().length
  await runs.graphql(before, count('b'))
  await until('the announcement is noted', () => readPositions() !== positions)
  const supervisors = childrenOf(first.pid)
  const emulators = childrenOf(...supervisors)
  expect(emulators).not.toEqual([])

  expect(await first.kill('SIGKILL')).toBe('SIGKILL')

  await until('no process is left', () => ![...supervisors, ...emulators].some(isRunning))
  const second = runs.start(runs.assembled())
  const after = await second.ready(runs.state)
  expect(after.apiKey).toBe(before.apiKey)
  expect(await runs.graphql(after, count('b'))).toEqual({ data: { count: { id: 'b', number: 2 } } })
  await until('one more announcement', () => runs.announcements().length === announced + 2)
  expect(runs.announcements().slice(announced)).toEqual([
    { id: 'b', number: 1 },
    { id: 'b', number: 2 },
  ])
})

test('a second run on the same folder fails, and the first run continues', async () => {
  const first = runs.start(runs.assembled())
  const outputs = await first.ready(runs.state)

  const second = runs.start(runs.assembled())

  expect(await second.exited).toBe(1)
  expect(second.output).toContain(`is in use by process ${first.pid}`)
  expect(JSON.parse(await readFile(join(runs.state, 'outputs.json'), 'utf8'))).toEqual(outputs)
  expect(await answers(outputs.graphqlUrl)).toBe(true)
})

test('a signal during the start ends all processes and releases the lock', async () => {
  const main = runs.start(['--port', '0', '--data', runs.state])
  await until('it is under way', () => childrenOf(main.pid).length === 2)
  const children = childrenOf(main.pid)
  expect(await main.kill('SIGINT')).toBe(0)
  expect(children.filter(isRunning)).toEqual([])
  expect(existsSync(join(runs.state, 'lock'))).toBe(false)
})

test.each(Object.entries(HARMLESS))(
  'a synthesis and a run ignore these variables: %s',
  async (_, env) => {
    const main = runs.start(['--port', '0', '--data', runs.state], undefined, env)
    const outputs = await main.ready(runs.state)
    expect(await runs.graphql(outputs, count('e'))).toEqual({
      data: { count: { id: 'e', number: 1 } },
    })
    await until('the announcement', () => runs.announcements().length === 1)
    expect(main.output).not.toMatch(/^\S+ (WARN|ERROR)/m)
  },
)

describe('a start fails with the reason and cleans up', () => {
  async function expectFailure(main: MainProcess, ...texts: (string | RegExp)[]) {
    expect(await main.exited).toBe(1)
    for (const text of texts) expect(main.output).toMatch(text)
    expect(main.output).not.toMatch(/^ {4}at /m)
  }

  test('if the app fails to synthesize', async () => {
    const cwd = join(runs.folder, 'broken')
    await mkdir(cwd)
    const app = `node -e 'console.error("the app is broken"); process.exit(1)'`
    await writeFile(join(cwd, 'cdk.json'), JSON.stringify({ app }))
    await expectFailure(
      runs.start(['--port', '0', '--data', join(cwd, 'state')], cwd),
      'The CDK app failed to synthesize',
      'the app is broken',
    )
    expect(readdirSync(join(cwd, 'state'))).toEqual(['dynamodb'])
  })

  test('if the folder is not an assembly', async () => {
    const args = ['--port', '0', '--data', runs.state, '--assembly', runs.folder]
    await expectFailure(runs.start(args), `${runs.folder} is not a cloud assembly`)
  })

  test('if the port is in use', async () => {
    const server = createServer().listen(0)
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    try {
      const args = [
        '--port',
        `${port}`,
        '--data',
        runs.state,
        '--assembly',
        join(runs.folder, 'assembly'),
      ]
      await expectFailure(runs.start(args), new RegExp(`${port}`))
    } finally {
      server.close()
    }
  })
})
