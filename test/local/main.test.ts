import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HARMLESS, REFUSED } from './support/environments.ts'
import { count, withFixtureRuns } from './support/fixture-runs.ts'
import { readJsonLines } from './support/json-lines.ts'
import type { MainProcess } from './support/main-process.ts'
import { childrenOf, isRunning } from './support/processes.ts'
import { answers, until } from './support/until.ts'

jest.setTimeout(60_000)

const runs = withFixtureRuns()

test('an app is synthesized and runs: a mutation reaches table, stream and logs', async () => {
  const main = runs.start(['--port', '0', '--data', runs.state])
  const outputs = await main.ready(runs.state)

  expect(outputs).toEqual({
    graphqlUrl: expect.stringMatching(/^http:\/\/localhost:\d+\/graphql$/),
    realtimeUrl: expect.stringMatching(/^ws:\/\/localhost:\d+\/graphql\/realtime$/),
    consoleUrl: expect.stringMatching(/^http:\/\/localhost:\d+\//),
    apiKey: expect.stringMatching(/^da2-[0-9a-z]{26}$/),
    dynamodbEndpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    cloudwatchEndpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    stackName: expect.any(String),
    tables: { COUNTS_TABLE: expect.stringMatching(/^Counts/) },
  })
  const { tables, stackName: _, ...addresses } = outputs
  for (const value of Object.values(addresses)) expect(main.output).toContain(value)
  expect(main.output).toContain(`COUNTS_TABLE=${tables.COUNTS_TABLE}`)
  expect(main.output).toMatch(/^ready in \d+\.\d s/m)

  expect(await runs.graphql(outputs, count('a'))).toEqual({
    data: { count: { id: 'a', number: 1 } },
  })
  await until('the announcement', () => runs.announcements().length === 1)
  expect(runs.announcements()).toEqual([{ id: 'a', number: 1 }])
  await until('it is printed', () => main.output.includes("announced: { id: 'a', number: 1 }"))
  expect(readJsonLines(join(runs.state, 'traces.jsonl'))).toContainEqual(
    expect.objectContaining({ name: expect.stringMatching('Counter') }),
  )

  const supervisors = childrenOf(main.pid)
  const children = [...supervisors, ...childrenOf(...supervisors)]
  expect(await main.kill('SIGINT')).toBe(0)
  expect(await answers(outputs.graphqlUrl)).toBe(false)
  expect(children.filter(isRunning)).toEqual([])
  expect(existsSync(join(runs.state, 'outputs.json'))).toBe(false)
  expect(existsSync(join(runs.state, 'lock'))).toBe(false)
})

describe('a start fails with the reason and cleans up', () => {
  async function expectFailure(main: MainProcess, ...texts: (string | RegExp)[]) {
    expect(await main.exited).toBe(1)
    for (const text of texts) expect(main.output).toMatch(text)
    expect(main.output).not.toMatch(/^ {4}at /m)
  }

  test('if a resource is not supported', async () => {
    const assembly = join(runs.folder, 'unsupported')
    const artifacts = {
      Stack: { type: 'aws:cloudformation:stack', properties: { templateFile: 'template.json' } },
    }
    const Resources = { Server: { Type: 'AWS::EC2::Instance' } }
    await mkdir(assembly)
    await writeFile(join(assembly, 'manifest.json'), JSON.stringify({ artifacts }))
    await writeFile(join(assembly, 'template.json'), JSON.stringify({ Resources }))
    const args = ['--port', '0', '--data', runs.state, '--assembly', assembly]
    await expectFailure(runs.start(args), 'Server (AWS::EC2::Instance): this type is not supported')
  })
})

test('settings for AWS, proxies, Node.js and tools do not affect a run', async () => {
  const env = Object.assign({}, ...Object.values(HARMLESS))
  const main = runs.start(runs.assembled(), undefined, env)
  const outputs = await main.ready(runs.state)
  expect(await runs.graphql(outputs, count('e'))).toEqual({
    data: { count: { id: 'e', number: 1 } },
  })
  await until('the announcement', () => runs.announcements().length === 1)
  expect(main.output).not.toMatch(/^\S+ (WARN|ERROR)/m)
})

test('the first line of output names a setting that a run cannot use, and its value', async () => {
  const ended = REFUSED.map(async ([name, value]) => {
    const main = runs.start(runs.assembled(), undefined, { [name]: value })
    const code = await main.exited
    return { code, line: main.output.split('\n')[0] }
  })
  for (const [index, { code, line }] of (await Promise.all(ended)).entries()) {
    expect(code).toBe(1)
    for (const text of REFUSED[index] ?? []) expect(line).toContain(text)
  }
})

test('invalid options are rejected with the help', async () => {
  const main = runs.start(['--port', 'x'])
  expect(await main.exited).toBe(2)
  expect(main.output).toContain('--port must be an integer from 0 to 65535; got x')
  expect(main.output).toContain('--assembly')
})
