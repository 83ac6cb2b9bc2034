import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { count, withFixtureRuns } from './support/fixture-runs.ts'
import type { MainProcess } from './support/main-process.ts'
import { childrenOf } from './support/processes.ts'
import { until } from './support/until.ts'

jest.setTimeout(60_000)

const runs = withFixtureRuns()

test('with --data memory nothing is kept but logs, traces and, while it runs, outputs.json', async () => {
  const cwd = join(runs.folder, 'memory')
  await mkdir(cwd)
  const main = runs.start(
    ['--port', '0', '--data', 'memory', '--assembly', join(runs.folder, 'assembly')],
    cwd,
  )
  const outputs = await main.ready(join(cwd, '.local'))
  await runs.graphql(outputs, count('a'))
  expect(await main.kill('SIGTERM')).toBe(0)
  expect(readdirSync(join(cwd, '.local')).filter((name) => !/logs|traces/.test(name))).toEqual([])
})

test('an emulator that ends by itself ends the run, which says so', async () => {
  const main = runs.start(runs.assembled())
  await main.ready(runs.state)
  for (const emulator of childrenOf(...childrenOf(main.pid))) process.kill(emulator, 'SIGKILL')
  expect(await main.exited).toBe(1)
  expect(main.output).toMatch(/^DynamoDB \(.+\) ended unexpectedly/m)
})

test('a second signal ends it at once', async () => {
  const main = runs.start(runs.assembled())
  const outputs = await main.ready(runs.state)
  // A function that is under way makes the first signal wait.
  const answer = runs.graphql(outputs, '{ counts(id: "sleep") { id } }').catch(() => {})
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

  test('a folder that is no assembly', async () => {
    const args = ['--port', '0', '--data', runs.state, '--assembly', runs.folder]
    await expectFailure(runs.start(args), `${runs.folder} is not a cloud assembly`)
  })

  test('a port that is taken', async () => {
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
