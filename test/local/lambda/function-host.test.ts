import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { isObject } from '../../../lib/local/json.ts'
import { functionEnvironment } from '../../../lib/local/lambda/environment.ts'
import type { FunctionDefinition } from '../../../lib/local/lambda/function-definition.ts'
import { FunctionHost } from '../../../lib/local/lambda/function-host.ts'
import type { LogEntry } from '../../../lib/local/lambda/log-entry.ts'
import { startTraces, type Traces } from '../../../lib/local/traces.ts'
import { readJsonLines } from '../support/json-lines.ts'
import { until } from '../support/until.ts'

let folder: string
let traces: Traces
let segments: object[]
let log: LogEntry[]
const hosts: FunctionHost[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'functions-'))
  traces = await startTraces(join(folder, 'traces.jsonl'))
  await build({
    entryPoints: [join(__dirname, '../fixture/functions/specimen.ts')],
    outfile: join(folder, 'index.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  })
})

afterAll(async () => {
  await traces.stop()
  await rm(folder, { recursive: true })
})

beforeEach(() => {
  segments = []
  log = []
})

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop()))
})

function host(changes: Partial<FunctionDefinition> = {}): FunctionHost {
  const definition: FunctionDefinition = {
    logicalId: 'Specimen',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:Specimen',
    name: 'Specimen',
    codeFolder: folder,
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    memorySize: 256,
    timeout: 2000,
    concurrency: 10,
    environment: { COLOUR: 'green' },
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
  const endpoints = {
    region: 'us-east-1',
    lambda: 'http://127.0.0.1:9',
    dynamodb: 'http://localhost:1',
    eventBridge: 'http://127.0.0.1:9',
    xrayDaemon: traces.address,
  }
  const started = new FunctionHost(definition, {
    environment: functionEnvironment(definition, role, endpoints),
    log: (entry) => log.push(entry),
    trace: (segment) => segments.push(segment),
  })
  hosts.push(started)
  return started
}

describe('the environment of a function', () => {
  test('has the variables of Lambda and the template, and none of the user', async () => {
    process.env.SOMETHING_OF_THE_USERS = 'private'
    try {
      const { payload } = expectOk(await host().invoke({ deed: 'describe' }))
      expect(payload).toMatchObject({
        environment: {
          COLOUR: 'green',
          AWS_LAMBDA_FUNCTION_NAME: 'Specimen',
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
          AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
          AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
          AWS_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: 'ASIASPECIMEN',
          AWS_ENDPOINT_URL_DYNAMODB: 'http://localhost:1',
          LAMBDA_TASK_ROOT: folder,
          _HANDLER: 'index.handler',
        },
      })
      expect(JSON.stringify(payload)).not.toContain('private')
    } finally {
      delete process.env.SOMETHING_OF_THE_USERS
    }
  })

  test('includes the context of Lambda', async () => {
    const { payload } = expectOk(await host().invoke({ deed: 'describe' }))
    expect(payload).toMatchObject({
      remaining: expect.any(Number),
      context: {
        awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        functionName: 'Specimen',
        invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:Specimen',
        memoryLimitInMB: '256',
        logGroupName: '/aws/lambda/Specimen',
      },
    })
  })

  test('keeps its memory between invocations', async () => {
    const specimen = host()
    await specimen.invoke({ deed: 'describe' })
    expect(expectOk(await specimen.invoke({ deed: 'describe' })).payload).toMatchObject({
      invocations: 2,
    })
  })

  test('concurrent invocations run in parallel, each in its own environment', async () => {
    const specimen = host()
    const results = await Promise.all([1, 2, 3].map(() => specimen.invoke({ deed: 'wait long' })))
    expect(results.map((result) => expectOk(result).payload)).toEqual(
      [1, 1, 1].map((invocations) => ({ invocations })),
    )
  })

  test('short concurrent invocations share a few environments', async () => {
    const specimen = host()
    await specimen.invoke({ deed: 'describe' })
    const results = await Promise.all(
      Array.from({ length: 20 }, () => specimen.invoke({ deed: 'describe' })),
    )
    const firsts = results.filter((result) => {
      const { payload } = expectOk(result)
      return isObject(payload) && payload.invocations === 1
    })
    // On a busy machine, a short invocation can look long.
    expect(firsts.length).toBeLessThan(availableParallelism() + 4)
  })

  test('invocations for one resource share one environment', async () => {
    const specimen = host()
    const invoke = (about: string) => specimen.invoke({ deed: 'describe' }, { about })
    const results = await Promise.all(
      Array.from({ length: 20 }, async () => expectOk(await invoke('one'))),
    )
    // All invocations share the environment, unless the machine is busy.
    const counts = results.map(({ payload }) => isObject(payload) && Number(payload.invocations))
    expect(Math.max(...counts.map(Number))).toBeGreaterThan(15)
  })

  test('invocations above the concurrency limit wait for their turn', async () => {
    const specimen = host({ concurrency: 1 })
    const results = await Promise.all([1, 2, 3].map(() => specimen.invoke({ deed: 'wait' })))
    expect(results.map((result) => expectOk(result).payload)).toEqual(
      [1, 2, 3].map((invocations) => ({ invocations })),
    )
  })

  test('a reserved concurrency of 0 rejects all invocations', async () => {
    expect(await host({ concurrency: 0 }).invoke({ deed: 'describe' })).toMatchObject({
      status: 'failed',
      error: { errorType: 'TooManyRequestsException' },
    })
  })
})

describe('a failing function', () => {
  test('reports type, message and trace of a thrown error, and keeps its environment', async () => {
    const specimen = host()
    expect(await specimen.invoke({ deed: 'throw' })).toEqual({
      status: 'failed',
      error: {
        errorType: 'Refused',
        errorMessage: 'no',
        trace: expect.arrayContaining([expect.stringContaining('index.mjs')]),
      },
    })
    expect(expectOk(await specimen.invoke({ deed: 'wait' })).payload).toEqual({ invocations: 2 })
  })

  const killed = {
    errorType: 'Runtime.ExitError',
    errorMessage: expect.stringContaining('Runtime exited with error: signal: killed'),
  }

  const uncaught = {
    errorType: 'Runtime.ExitError',
    errorMessage: expect.stringContaining('Runtime exited with error: exit status 1'),
  }

  test.each([
    ['throw a text', { errorType: 'string', errorMessage: 'no' }],
    ['throw nothing', { errorType: 'undefined', errorMessage: 'undefined' }],
    ['throw an error that cannot be read', { errorType: 'handled' }],
    [
      'exit',
      {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringContaining('Error: Runtime exited with error: exit status 3'),
      },
    ],
    ['reject unhandled', uncaught],
    ['throw later', uncaught],
    ['exhaust memory', killed],
    ['exhaust memory with long texts', killed],
    ['answer circular', { errorType: 'Runtime.JSONStringifyError' }],
    ['answer too much', { errorType: 'Function.ResponseSizeTooLarge' }],
  ])('reports the error of Lambda: %s', async (deed, error) => {
    const specimen = host({ memorySize: 128, timeout: 10_000 })
    expect(await specimen.invoke({ deed })).toMatchObject({ status: 'failed', error })
    expectOk(await specimen.invoke({ deed: 'wait' }))
  })

  test.each([
    [
      'reject unhandled',
      {
        errorType: 'Runtime.UnhandledPromiseRejection',
        errorMessage: expect.stringContaining('unheard'),
      },
    ],
    ['throw later', { errorType: 'Refused', errorMessage: 'late' }],
    ['answer circular', { errorType: 'Error' }],
  ])('reports the error of the runtime before Node.js 24: %s', async (deed, error) => {
    const specimen = host({ runtime: 'nodejs22.x' })
    expect(await specimen.invoke({ deed })).toMatchObject({ status: 'failed', error })
  })

  test('prints an uncaught error', async () => {
    await host().invoke({ deed: 'throw later' })
    const message = expect.stringContaining('Refused: late')
    expect(log).toContainEqual(expect.objectContaining({ level: 'WARN', message }))
  })

  test.each(['loop', 'sleep'])('is stopped after its timeout: %s', async (deed) => {
    const specimen = host({ timeout: 500 })
    const file = join(folder, 'woken')

    expect(await specimen.invoke({ deed, file })).toEqual({
      status: 'timed-out',
      error: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringContaining('Error: Task timed out after 0.50 seconds'),
      },
    })
    expect(expectOk(await specimen.invoke({ deed: 'wait' })).payload).toEqual({ invocations: 1 })
    expect(existsSync(file)).toBe(false)
    expect(log).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        message: expect.objectContaining({ errorType: 'Sandbox.Timedout' }),
      }),
    )
  })

  test('reports a missing handler as Runtime.HandlerNotFound', async () => {
    expect(await host({ handler: 'index.other' }).invoke({})).toMatchObject({
      status: 'failed',
      error: { errorType: 'Runtime.HandlerNotFound' },
    })
  })

  test('reports a missing module as Runtime.ImportModuleError', async () => {
    expect(await host({ handler: 'absent.handler' }).invoke({})).toMatchObject({
      status: 'failed',
      error: { errorType: 'Runtime.ImportModuleError' },
    })
  })
})

test('a handler without a result returns null', async () => {
  expect(expectOk(await host().invoke({ deed: 'answer nothing' })).payload).toBeNull()
})

test("console calls at or above the log level become entries in Lambda's JSON format", async () => {
  await host().invoke({ deed: 'log' })
  const common = {
    function: 'Specimen',
    requestId: expect.any(String),
    timestamp: expect.any(String),
  }
  expect(log).toEqual([
    { ...common, level: 'INFO', message: 'a text' },
    { ...common, level: 'INFO', message: { an: 'object' } },
    { ...common, level: 'WARN', message: 'two of 2' },
    {
      ...common,
      level: 'ERROR',
      message: expect.stringContaining('failed: Refused: no'),
      errorType: 'Refused',
      errorMessage: 'no',
      stackTrace: expect.any(Array),
    },
  ])
})

describe('tracing', () => {
  test("subsegments belong to the function's segment, within the caller's segment", async () => {
    const root = '1-5f84c7a1-0123456789abcdef01234567'
    const traceHeader = `Root=${root};Parent=0123456789abcdef;Sampled=1`

    const { payload } = expectOk(await host().invoke({ deed: 'trace' }, { traceHeader }))

    const [segment] = segments
    expect(segment).toMatchObject({
      name: 'Specimen',
      trace_id: root,
      parent_id: '0123456789abcdef',
      origin: 'AWS::Lambda::Function',
    })
    const id = segment && 'id' in segment ? segment.id : undefined
    expect(payload).toBe(`Root=${root};Parent=${id};Sampled=1`)
    const file = join(folder, 'traces.jsonl')
    await until('the subsegment arrives', () => readJsonLines(file).length > 0)
    expect(readJsonLines(file)).toContainEqual(
      expect.objectContaining({ name: 'step', trace_id: root, parent_id: id }),
    )
  })

  test('an unsampled invocation records no segment', async () => {
    const traceHeader = 'Root=1-5f84c7a1-0123456789abcdef01234567;Sampled=0'
    await host().invoke({ deed: 'wait' }, { traceHeader })
    expect(segments).toEqual([])
  })
})

test('stop ends a running invocation after the grace period', async () => {
  const specimen = host()
  const answer = specimen.invoke({ deed: 'loop' })
  await specimen.stop(50)
  expect(await answer).toMatchObject({
    status: 'failed',
    error: { errorType: 'Runtime.ExitError' },
  })
})

function expectOk(result: Awaited<ReturnType<FunctionHost['invoke']>>) {
  if (result.status === 'ok') return result
  throw new Error(JSON.stringify(result))
}
