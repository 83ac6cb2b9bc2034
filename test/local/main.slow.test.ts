import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { HARMLESS } from './support/environments.ts'
import { count, withFixtureRuns } from './support/fixture-runs.ts'
import type { MainProcess } from './support/main-process.ts'
import { childrenOf } from './support/processes.ts'
import { until } from './support/until.ts'

jest.setTimeout(60_000)

const runs = withFixtureRuns()

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

test.each(Object.entries(HARMLESS))(
  'a synthesis and a run ignore these variables: %s',
  async (_, env) => {
    const main = runs.start(['--port', '0', '--data', runs.state], undefined, env)
    const outputs = await main.ready(runs.state)
    expect(await runs.graphql(outputs, count('e'))).toEqual({
      data: { count: { id: 'e', number: 1 } },
    })
    await until('the announcement', () => main.output.includes('announced'))
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
