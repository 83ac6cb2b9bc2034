import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Outputs } from '../../lib/local/state-folder.ts'
import { cdkApp, synthesize } from '../../lib/local/synthesis/index.ts'
import { readJsonLines } from './support/json-lines.ts'
import { FIXTURE, MainProcess } from './support/main-process.ts'
import { childrenOf, isRunning } from './support/processes.ts'
import { answers, until } from './support/until.ts'

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

function announcements(): unknown[] {
  const [file] = logFiles().filter((name) => name.startsWith('Announcer'))
  if (!file) return []
  return readJsonLines(join(state, 'logs', file)).map(({ message }) =>
    typeof message === 'object' && message !== null && 'announced' in message
      ? message.announced
      : message,
  )
}

/** How far the stream has been handled. */
function readPositions(): string {
  const checkpoints = join(state, 'checkpoints')
  const [file = ''] = readdirSync(checkpoints)
  return readFileSync(join(checkpoints, file), 'utf8')
}

function logFiles(): string[] {
  return existsSync(join(state, 'logs')) ? readdirSync(join(state, 'logs')) : []
}

test('an app is synthesized and runs: a mutation reaches its table, its stream and its logs', async () => {
  const main = start(['--port', '0', '--data', state])
  const outputs = await main.ready(state)

  expect(outputs).toEqual({
    graphqlUrl: expect.stringMatching(/^http:\/\/localhost:\d+\/graphql$/),
    realtimeUrl: expect.stringMatching(/^ws:\/\/localhost:\d+\/graphql\/realtime$/),
    consoleUrl: expect.stringMatching(/^http:\/\/localhost:\d+\//),
    apiKey: expect.stringMatching(/^da2-[0-9a-z]{26}$/),
  })
  for (const value of Object.values(outputs)) expect(main.output).toContain(value)
  expect(main.output).toMatch(/^ready in \d+\.\d s/m)

  expect(await graphql(outputs, count('a'))).toEqual({ data: { count: { id: 'a', number: 1 } } })
  await until('the announcement', () => announcements().length === 1)
  expect(announcements()).toEqual([{ id: 'a', number: 1 }])
  await until('it is printed', () => main.output.includes("announced: { id: 'a', number: 1 }"))
  expect(readJsonLines(join(state, 'traces.jsonl'))).toContainEqual(
    expect.objectContaining({ name: expect.stringMatching('Counter') }),
  )

  const supervisors = childrenOf(main.pid)
  const children = [...supervisors, ...childrenOf(...supervisors)]
  expect(await main.kill('SIGINT')).toBe(0)
  expect(await answers(outputs.graphqlUrl)).toBe(false)
  expect(children.filter(isRunning)).toEqual([])
  expect(existsSync(join(state, 'outputs.json'))).toBe(false)
  expect(existsSync(join(state, 'lock'))).toBe(false)
})

test('what is given up on goes to the queue', async () => {
  const main = start(assembled())
  const outputs = await main.ready(state)
  await graphql(outputs, count('poison'))
  const queues = join(state, 'queues')
  await until('a message', () => existsSync(queues))
  const [file = ''] = readdirSync(queues)
  expect(readJsonLines(join(queues, file))).toMatchObject([
    { requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 } },
  ])
  await main.kill('SIGTERM')
})

test('a run that is killed leaves no process behind, and the next one goes on where it was', async () => {
  const first = start(assembled())
  const before = await first.ready(state)
  const positions = readPositions()
  const announced = announcements().length
  await graphql(before, count('b'))
  await until('the announcement is noted', () => readPositions() !== positions)
  const supervisors = childrenOf(first.pid)
  const emulators = childrenOf(...supervisors)
  expect(emulators).not.toEqual([])

  expect(await first.kill('SIGKILL')).toBe('SIGKILL')

  await until('no process is left', () => ![...supervisors, ...emulators].some(isRunning))
  const second = start(assembled())
  const after = await second.ready(state)
  expect(after.apiKey).toBe(before.apiKey)
  expect(await graphql(after, count('b'))).toEqual({ data: { count: { id: 'b', number: 2 } } })
  await until('one more announcement', () => announcements().length === announced + 2)
  expect(announcements().slice(announced)).toEqual([
    { id: 'b', number: 1 },
    { id: 'b', number: 2 },
  ])
})

test('a second run on the same folder is refused, and the first one goes on', async () => {
  const first = start(assembled())
  const outputs = await first.ready(state)

  const second = start(assembled())

  expect(await second.exited).toBe(1)
  expect(second.output).toContain(`is in use by process ${first.pid}`)
  expect(JSON.parse(await readFile(join(state, 'outputs.json'), 'utf8'))).toEqual(outputs)
  expect(await answers(outputs.graphqlUrl)).toBe(true)
})

test('a signal during the start undoes the start', async () => {
  const main = start(['--port', '0', '--data', state])
  await until('it is under way', () => childrenOf(main.pid).length === 2)
  const children = childrenOf(main.pid)
  expect(await main.kill('SIGINT')).toBe(0)
  expect(children.filter(isRunning)).toEqual([])
  expect(existsSync(join(state, 'lock'))).toBe(false)
})

describe('a start that fails says why, and leaves nothing behind:', () => {
  async function expectFailure(main: MainProcess, ...texts: (string | RegExp)[]) {
    expect(await main.exited).toBe(1)
    for (const text of texts) expect(main.output).toMatch(text)
    expect(main.output).not.toMatch(/^ {4}at /m)
  }

  test('a resource that is not supported', async () => {
    const assembly = join(folder, 'unsupported')
    const artifacts = {
      Stack: { type: 'aws:cloudformation:stack', properties: { templateFile: 'template.json' } },
    }
    const Resources = { Server: { Type: 'AWS::EC2::Instance' } }
    await mkdir(assembly)
    await writeFile(join(assembly, 'manifest.json'), JSON.stringify({ artifacts }))
    await writeFile(join(assembly, 'template.json'), JSON.stringify({ Resources }))
    const args = ['--port', '0', '--data', state, '--assembly', assembly]
    await expectFailure(start(args), 'Server (AWS::EC2::Instance): this type is not supported')
  })
})

test('options that make no sense are refused, with the help', async () => {
  const main = start(['--port', 'x'])
  expect(await main.exited).toBe(2)
  expect(main.output).toContain('--port x: expected a number from 0 to 65535')
  expect(main.output).toContain('--assembly')
})
