import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { functionEnvironment } from '../../lib/local/lambda/environment.ts'
import type { FunctionDefinition } from '../../lib/local/lambda/function-definition.ts'
import { FunctionHost } from '../../lib/local/lambda/function-host.ts'
import type { InvocationResult, LogEntry, StartEnvironment } from '../../lib/local/lambda/index.ts'
import { eventually } from '../support/eventually.ts'
import { newFolder } from '../support/run-folder.ts'
import { startRuntimeProcess } from './runtime-process.ts'

/** Replaces a frame outside the function's code. */
const FRAME = '(frame)'

let folder: string
const hosts: FunctionHost[] = []

/** Modules that fail while they load. */
const BROKEN = {
  'crash.mjs': `class Unready extends Error { name = 'NotReady'; code = 'E1' }
throw new Unready('The table is not configured')`,
  'text.mjs': "throw 'no table'",
  'syntax.mjs': 'export const handler = (',
  'import.mjs': "import 'no-such-package'",
  'require.cjs': "require('no-such-package')",
}

beforeAll(() => {
  folder = newFolder('specimen')
  copyFileSync(join(__dirname, 'fixture/specimen.mjs'), join(folder, 'specimen.mjs'))
  for (const [name, text] of Object.entries(BROKEN)) writeFileSync(join(folder, name), text)
})

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop()))
})

interface Seen {
  readonly results: readonly InvocationResult[]
  readonly log: readonly LogEntry[]
}

/** Starts a function locally, and one with Lambda's own runtime. */
function bothWith(changes: Partial<FunctionDefinition> = {}) {
  return [undefined, startRuntimeProcess].map((start) => observed(changes, start))
}

/** Invokes a function, and collects results and log lines, without what differs by run. */
function observed(changes: Partial<FunctionDefinition>, startEnvironment?: StartEnvironment) {
  const definition: FunctionDefinition = {
    logicalId: 'Specimen',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:Specimen',
    name: 'Specimen',
    codeFolder: folder,
    handler: 'specimen.handler',
    runtime: 'nodejs24.x',
    memorySize: 256,
    timeout: 5000,
    concurrency: 1,
    environment: {},
    roleArn: 'arn:aws:iam::000000000000:role/Specimen',
    tracing: true,
    logFormat: 'JSON',
    logLevel: 'INFO',
    inspect: false,
    ...changes,
  }
  const role = {
    arn: 'arn:aws:sts::000000000000:assumed-role/Specimen/local',
    accessKeyId: 'ASIASPECIMEN',
    secretAccessKey: 'secret',
    sessionToken: 'token',
    allows: () => false,
  }
  const nowhere = 'http://127.0.0.1:9'
  const endpoints = {
    region: 'us-east-1',
    lambda: nowhere,
    dynamodb: nowhere,
    eventBridge: 'http://127.0.0.1:9',
    xrayDaemon: '127.0.0.1:9',
  }
  const log: LogEntry[] = []
  const host = new FunctionHost(definition, {
    environment: functionEnvironment(definition, role, endpoints),
    log: (entry) => log.push(entry),
    trace: () => {},
    startEnvironment,
  })
  hosts.push(host)
  const results: InvocationResult[] = []
  return {
    async invoke(event: object) {
      results.push(await host.invoke(event))
    },
    seen: (): Seen => comparable({ results, log: log.filter((entry) => !isOfNode(entry)) }),
  }
}

/** Whether Node.js itself has printed a line, about an error that ends the process. */
function isOfNode({ requestId, level }: LogEntry): boolean {
  return requestId === undefined && level === 'WARN'
}

/** Replaces ids, times, and the frames of stack traces outside the function's own code. */
function comparable(seen: Seen): Seen {
  const text = JSON.stringify(seen, (key, value: unknown) => {
    if (key === 'timestamp') return 'time'
    if (Array.isArray(value)) return value.filter((line) => placeIn(`${line}`) !== FRAME)
    if (typeof value !== 'string') return value
    // The text format has the error as JSON.
    const [, title, error] = /^(\w+ Error) \t(.*)$/.exec(value) ?? []
    if (title !== undefined && error !== undefined) return { [title]: JSON.parse(error) }
    const lines = value.split('\n').map((line) => placeIn(line) ?? line)
    return lines.filter((line) => line !== FRAME).join('\n')
  })
  const copy: Seen = JSON.parse(text.replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'id'))
  return copy
}

/** Returns the place of a frame in the function's code, without the name of the caller. */
function placeIn(line: string): string | undefined {
  const [, place, rest = ''] = /^ *at (.*?:\d+:\d+)\)?(.*)$/.exec(line) ?? []
  if (place === undefined) return undefined
  return (place.includes(folder) ? place.slice(place.indexOf(folder)) : FRAME) + rest
}

async function expectSame(events: readonly object[], changes: Partial<FunctionDefinition> = {}) {
  const both = bothWith(changes)
  for (const event of events) await Promise.all(both.map(({ invoke }) => invoke(event)))
  const seen = () => both.map((each) => each.seen())
  // The lines of a process arrive after its answer.
  await eventually(async () => {
    const [local, lambda] = seen()
    expect(local).toEqual(lambda)
    return true
  }, 3000).catch(() => {})
  const [local, lambda] = seen()
  expect(local).toEqual(lambda)
  return local
}

test('the runtime is that of Node.js 24', async () => {
  const lambda = observed({}, startRuntimeProcess)
  await lambda.invoke({ deed: 'name the version' })
  const payload = expect.stringMatching(/^v24\./)
  expect(lambda.seen().results).toEqual([{ status: 'ok', payload }])
})

describe("the local run and Lambda's runtime return the same results and log lines", () => {
  test.each([
    'describe the context',
    'answer a value',
    'answer nothing',
    'answer a function',
    'answer a circle',
    'answer a bigint',
    'answer too much',
    'throw an error',
    'throw an error with fields',
    'throw an error with controls',
    'throw an error without a stack',
    'throw an error that cannot be read',
    'throw a text',
    'throw an object',
    'throw null',
    'throw undefined',
    'throw later',
    'reject unhandled',
    'exit with an error',
    'exit without an error',
    'log',
  ])('%s', async (deed) => {
    const seen = await expectSame([{ deed }, { deed: 'describe the context' }])
    expect(seen?.results).toHaveLength(2)
  })

  test('a loop that exceeds the timeout, and the invocation after it', async () => {
    const events = [{ deed: 'loop forever' }, { deed: 'describe the context' }]
    const seen = await expectSame(events, { timeout: 2000 })
    expect(seen?.results).toMatchObject([
      { status: 'timed-out', error: { errorType: 'Sandbox.Timedout' } },
      { status: 'ok', payload: { invocations: 1 } },
    ])
  })

  test.each([
    { logFormat: 'JSON', logLevel: 'TRACE' },
    { logFormat: 'JSON', logLevel: 'ERROR' },
    { logFormat: 'Text', logLevel: 'INFO' },
  ] as const)('lines of $logFormat at $logLevel', async (changes) => {
    await expectSame([{ deed: 'log' }, { deed: 'throw an error with fields' }], changes)
  })

  test.each([
    ['crash.handler', 'NotReady', 'The table is not configured'],
    ['text.handler', 'string', 'no table'],
    ['syntax.handler', 'Runtime.UserCodeSyntaxError', 'SyntaxError: '],
    ['import.handler', 'Error', "Cannot find package 'no-such-package'"],
    ['require.handler', 'Runtime.ImportModuleError', "Error: Cannot find module 'no-such-package'"],
    ['specimen.other', 'Runtime.HandlerNotFound', 'specimen.other is undefined or not exported'],
    ['specimen.text', 'Runtime.HandlerNotFound', 'specimen.text is not a function'],
    ['specimen.callback', 'Runtime.CallbackHandlerDeprecated', 'ERROR: AWS Lambda has removed'],
  ])('code that cannot be loaded: %s', async (handler, errorType, message) => {
    const seen = await expectSame([{}, {}], { handler })
    const error = { errorType, errorMessage: expect.stringContaining(message) }
    expect(seen?.results).toMatchObject([1, 2].map(() => ({ status: 'failed', error })))
  })
})
