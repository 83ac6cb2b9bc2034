import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signedRequest } from '../../lib/appsync/index.ts'
import { ownFunction } from '../../lib/appsync/reactions/invoked-function.ts'
import type { RolePrincipal } from '../../lib/local/access/iam.ts'
import {
  AsyncInvocations,
  asyncConfigs,
  type InvokeEndpoint,
  startInvokeEndpoint,
} from '../../lib/local/invocations/index.ts'
import type { Json } from '../../lib/local/json.ts'
import type { InvocationResult, LocalFunction } from '../../lib/local/lambda/index.ts'
import { Template } from '../../lib/local/template/index.ts'
import { until } from './support/until.ts'

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:worker'
const OK: InvocationResult = { status: 'ok', payload: 'done' }
const FAILED: InvocationResult = {
  status: 'failed',
  error: { errorType: 'Error', errorMessage: 'not today' },
}
const MINUTE = 20

let folder: string
let endpoint: InvokeEndpoint
let queued: AsyncInvocations
let sent: { readonly queue: string; readonly message: object }[]
let invoked: unknown[]
/** Answers an invocation of the function. */
let work: (payload: unknown) => Promise<InvocationResult>
let isAllowed: boolean

const worker: LocalFunction = {
  logicalId: 'Worker',
  arn: ARN,
  invoke(payload) {
    invoked.push(payload)
    return work(payload)
  },
}
const functions = {
  find: (name: string) => ([ARN, 'worker'].includes(name) ? worker : undefined),
}
const caller: RolePrincipal = {
  arn: 'arn:aws:sts::000000000000:assumed-role/caller/local',
  accessKeyId: 'ASIACALLER',
  secretAccessKey: 'secret',
  sessionToken: 'token',
  allows: () => false,
  denial: ({ action, resource }) =>
    isAllowed && action === 'lambda:InvokeFunction' && resource === ARN
      ? undefined
      : `${caller.arn} may not ${action} ${resource}`,
}

/** @param config the properties of the function's EventInvokeConfig */
function newQueue(config: Record<string, Json> = {}): AsyncInvocations {
  const template = new Template(
    {
      Resources: {
        Failed: { Type: 'AWS::SQS::Queue', Properties: {} },
        Config: {
          Type: 'AWS::Lambda::EventInvokeConfig',
          Properties: {
            FunctionName: 'worker',
            Qualifier: '$LATEST',
            DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Failed', 'Arn'] } } },
            ...config,
          },
        },
      },
    },
    {
      region: 'us-east-1',
      accountId: '000000000000',
      stackName: 'Invocations',
      graphqlUrl: '',
      realtimeUrl: '',
      apiKey: () => undefined,
      streamLabel: () => undefined,
    },
  )
  return new AsyncInvocations({
    functions,
    configs: asyncConfigs(template, functions),
    file: join(folder, 'invocations.jsonl'),
    async send(_, queue, message) {
      sent.push({ queue, message })
    },
    minute: MINUTE,
  })
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'invocations-'))
  sent = []
  invoked = []
  isAllowed = true
  work = async () => OK
  queued = newQueue()
  endpoint = await startInvokeEndpoint()
  endpoint.serve({
    region: 'us-east-1',
    functions,
    principal: (key) => (key === caller.accessKeyId ? caller : undefined),
    enqueue: (...invocation) => queued.add(...invocation),
  })
})
afterEach(async () => {
  queued.stop()
  await endpoint.stop()
  rmSync(folder, { recursive: true })
})

const environment = (name = 'worker') => ({
  AWS_ENDPOINT_URL_LAMBDA: endpoint.url,
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: caller.accessKeyId,
  AWS_SECRET_ACCESS_KEY: caller.secretAccessKey,
  AWS_SESSION_TOKEN: caller.sessionToken,
})
const own = (name?: string) => ownFunction(environment(name))
const patience = () => AbortSignal.timeout(5000)

/** Sends a signed request to Lambda's API, and returns the status, the error type and the body. */
async function request(path: string, body: string, headers: Record<string, string> = {}) {
  const { accessKeyId, secretAccessKey, sessionToken } = caller
  const credentials = { accessKeyId, secretAccessKey, sessionToken }
  const signer = { url: endpoint.url + path, region: 'us-east-1', service: 'lambda', credentials }
  const response = await fetch(await signedRequest(signer, body, headers))
  const text = await response.text()
  return { status: response.status, type: response.headers.get('x-amzn-errortype'), text }
}

describe('the Invoke API', () => {
  const INVOKE = '/2015-03-31/functions/worker/invocations'

  test('answers a synchronous invocation with the result', async () => {
    expect(await request(INVOKE, '{"work":1}')).toEqual({ status: 200, type: null, text: '"done"' })
    expect(invoked).toEqual([{ work: 1 }])
  })

  test('accepts the ARN of the function', async () => {
    const path = `/2015-03-31/functions/${encodeURIComponent(ARN)}/invocations`
    expect(await request(path, '{}')).toMatchObject({ status: 200 })
  })

  test('answers an error of the function with status 200, as Lambda does', async () => {
    work = async () => FAILED
    expect(await request(INVOKE, '{}')).toEqual({
      status: 200,
      type: null,
      text: '{"errorType":"Error","errorMessage":"not today"}',
    })
    await expect(own().run({}, patience())).rejects.toMatchObject({
      message: 'The invocation of worker failed with HTTP status 200',
      cause: { message: '{"errorType":"Error","errorMessage":"not today"}' },
    })
  })

  test('stores an asynchronous invocation before it answers', async () => {
    expect(await request(INVOKE, '{"work":2}', { 'x-amz-invocation-type': 'Event' })).toEqual({
      status: 202,
      type: null,
      text: '',
    })
    expect(invoked).toEqual([])
    expect(readFileSync(join(folder, 'invocations.jsonl'), 'utf8')).toContain('{"work":2}')
    await queued.start()
    await until('it is invoked', () => invoked.length === 1)
  })

  test('refuses a caller whose role lacks the permission, and names all three', async () => {
    isAllowed = false
    expect(await request(INVOKE, '{}')).toMatchObject({
      status: 403,
      type: 'AccessDeniedException',
      text: JSON.stringify({ Message: `${caller.arn} may not lambda:InvokeFunction ${ARN}` }),
    })
    await expect(own().enqueue({})).rejects.toThrow('403')
    expect(invoked).toEqual([])
  })

  test.each([
    ['/2015-03-31/functions/nobody/invocations', '{}', {}, 404, 'ResourceNotFoundException'],
    ['/2015-03-31/functions', '{}', {}, 404, 'UnknownOperationException'],
    [INVOKE, '{', {}, 400, 'InvalidRequestContentException'],
    [INVOKE, '{}', { 'x-amz-invocation-type': 'Later' }, 400, 'InvalidParameterValueException'],
    [
      INVOKE,
      JSON.stringify('x'.repeat(1024 * 1024)),
      { 'x-amz-invocation-type': 'Event' },
      413,
      'RequestTooLargeException',
    ],
  ])('refuses %s with %.9p and the headers %p', async (path, body, headers, status, type) => {
    expect(await request(path, body, headers)).toMatchObject({ status, type })
    expect(invoked).toEqual([])
  })

  test('refuses a request with a wrong signature', async () => {
    const forged = { ...environment(), AWS_SECRET_ACCESS_KEY: 'guessed' }
    await expect(ownFunction(forged).run({}, patience())).rejects.toMatchObject({
      message: 'The invocation of worker failed with HTTP status 403',
      cause: {
        message: expect.stringContaining('The request signature we calculated does not match'),
      },
    })
  })

  test('an abort ends the waiting, and the invocation continues', async () => {
    let isDone = false
    work = () =>
      new Promise((resolve) => {
        setTimeout(() => {
          isDone = true
          resolve(OK)
        }, 200)
      })
    await expect(own().run({}, AbortSignal.timeout(50))).rejects.toThrow('timeout')
    expect(isDone).toBe(false)
    await until('it is done', () => isDone)
  })

  test('an invocation without the address of Lambda fails, and names the variable', async () => {
    await expect(ownFunction({}).enqueue({})).rejects.toThrow('AWS_ENDPOINT_URL_LAMBDA is not set')
  })
})

describe('an asynchronous invocation', () => {
  const add = (payload: unknown) => queued.add(worker, payload, undefined)

  test('is retried twice, and then its function’s destination gets a message', async () => {
    work = async () => FAILED
    await queued.start()
    add('a')
    await until('a message is sent', () => sent.length === 1)
    expect(invoked).toEqual(['a', 'a', 'a'])
    expect(sent).toMatchObject([
      {
        queue: 'Failed',
        message: {
          requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
          requestPayload: 'a',
          responsePayload: { errorMessage: 'not today' },
        },
      },
    ])
  })

  test('that is too old for a retry goes to the destination', async () => {
    queued = newQueue({ MaximumEventAgeInSeconds: 0 })
    work = async () => FAILED
    await queued.start()
    add('a')
    await until('a message is sent', () => sent.length === 1)
    expect(sent).toMatchObject([{ message: { requestContext: { condition: 'EventAgeExceeded' } } }])
    expect(invoked).toEqual(['a'])
  })

  test('that had not ended runs again after a restart; those that had ended do not', async () => {
    await queued.start()
    add('ended')
    await until('it is invoked', () => invoked.length === 1)
    work = () => new Promise(() => {})
    add('hanging')
    await until('both are invoked', () => invoked.length === 2)
    queued.stop()

    queued = newQueue()
    work = async () => OK
    await queued.start()
    await until('it is invoked again', () => invoked.length === 3)
    expect(invoked).toEqual(['ended', 'hanging', 'hanging'])
  })

  test('whose write was cut off is ignored at the next start, because nobody relies on it', async () => {
    add('whole')
    queued.stop()
    const file = join(folder, 'invocations.jsonl')
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, `${text}{"id":"b","payl`)
    queued = newQueue()
    await queued.start()
    await until('it is invoked', () => invoked.length === 1)
    expect(invoked).toEqual(['whole'])
  })

  test('that runs during a reload finishes there, and the others continue after it', async () => {
    let end: (result: InvocationResult) => void = () => {}
    work = () =>
      new Promise((resolve) => {
        end = resolve
      })
    await queued.start()
    add('running')
    const before = queued
    before.stop()
    add('late')
    queued = newQueue()
    work = async () => OK
    await queued.start(before)
    await until('the late one is invoked', () => invoked.length === 2)
    end(FAILED)
    await until('the failed one is invoked again', () => invoked.length === 3)
    expect(invoked).toEqual(['running', 'late', 'running'])
  })

  test('cannot have a destination outside the template', () => {
    expect(() =>
      newQueue({ DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:elsewhere' } } }),
    ).toThrow('arn:aws:sqs:elsewhere is not supported locally: use a queue of the template')
  })
})
