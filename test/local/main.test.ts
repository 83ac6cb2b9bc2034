import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HARMLESS, REFUSED } from './support/environments.ts'
import { count, withFixtureRuns } from './support/fixture-runs.ts'
import { readJsonLines } from './support/json-lines.ts'
import type { MainProcess } from './support/main-process.ts'
import { childrenOf, isRunning } from './support/processes.ts'
import { answers, until } from './support/until.ts'

jest.setTimeout(60_000)

const runs = withFixtureRuns()

function announcements(): unknown[] {
  const [file] = logFiles().filter((name) => name.startsWith('Announcer'))
  if (!file) return []
  return readJsonLines(join(runs.state, 'logs', file)).map(({ message }) =>
    typeof message === 'object' && message !== null && 'announced' in message
      ? message.announced
      : message,
  )
}

/** Returns the checkpoint of the stream. */
function readPositions(): string {
  const checkpoints = join(runs.state, 'checkpoints')
  const [file = ''] = readdirSync(checkpoints)
  return readFileSync(join(checkpoints, file), 'utf8')
}

function logFiles(): string[] {
  return existsSync(join(runs.state, 'logs')) ? readdirSync(join(runs.state, 'logs')) : []
}

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
  await until('the announcement', () => announcements().length === 1)
  expect(announcements()).toEqual([{ id: 'a', number: 1 }])
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
  const announced = announcements().length
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
  await until('one more announcement', () => announcements().length === announced + 2)
  expect(announcements().slice(announced)).toEqual([
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
  await until('the announcement', () => announcements().length === 1)
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
