import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Json } from '../../lib/local/json.ts'
import type { Functions, LocalFunction } from '../../lib/local/lambda/index.ts'
import { Queues } from '../../lib/local/queues/index.ts'
import { StateFolder } from '../../lib/local/state-folder.ts'
import { Template } from '../../lib/local/template/index.ts'
import { until } from './support/until.ts'

let folder: string
let running: Queues[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'queues-'))
  running = []
})
afterEach(async () => {
  await Promise.all(running.map((queues) => queues.stop()))
  rmSync(folder, { recursive: true })
})

const RESOURCES: Record<string, Json> = {
  Dead: { Type: 'AWS::SQS::Queue', Properties: {} },
  Waiting: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      VisibilityTimeout: 0,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] },
        maxReceiveCount: 3,
      },
    },
  },
  Function: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'taker' } },
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: { 'Fn::GetAtt': ['Waiting', 'Arn'] },
      FunctionName: { Ref: 'Function' },
      BatchSize: 2,
    },
  },
}

interface Received {
  readonly messageId: string
  readonly body: string
  readonly eventSource: string
}

/** Returns the queues of a template, and the batches that their function receives. */
function open(fails: (bodies: unknown[]) => boolean = () => false, resources = RESOURCES) {
  const batches: unknown[][] = []
  const taker: LocalFunction = {
    logicalId: 'Function',
    arn: 'taker',
    async invoke(payload) {
      const { Records: records }: { Records: Received[] } = JSON.parse(JSON.stringify(payload))
      expect(records.every(({ eventSource }) => eventSource === 'aws:sqs')).toBe(true)
      const bodies = records.map(({ body }) => JSON.parse(body))
      batches.push(bodies)
      const error = { errorType: 'Error', errorMessage: 'no' }
      const reported = records.filter(({ body }) => JSON.parse(body).reported)
      const batchItemFailures = reported.map(({ messageId }) => ({ itemIdentifier: messageId }))
      return fails(bodies)
        ? { status: 'failed', error }
        : { status: 'ok', payload: { batchItemFailures } }
    },
  }
  const functions: Pick<Functions, 'find'> = { find: () => taker }
  const environment = {
    region: 'us-east-1',
    accountId: '000000000000',
    stackName: 'Queues',
    graphqlUrl: '',
    realtimeUrl: '',
    apiKey: () => undefined,
    streamLabel: () => undefined,
  }
  const template = new Template({ Resources: resources }, environment)
  const queues = new Queues({ template, functions, state: new StateFolder(folder, true) })
  running.push(queues)
  return { queues, batches }
}

const inFile = (name: string) =>
  readFileSync(join(folder, 'queues', `${name}.jsonl`), 'utf8')
    .split('\n')
    .flatMap((line) => (line ? [JSON.parse(line)] : []))

test('messages sent before the start are delivered in batches, in order', async () => {
  const { queues, batches } = open()
  for (const n of [1, 2, 3]) queues.send('Waiting', { n })
  await queues.start()
  await until('batches.length === 2', () => batches.length === 2)
  expect(batches).toEqual([[{ n: 1 }, { n: 2 }], [{ n: 3 }]])
})

test('a failing batch is retried, then goes to the dead-letter queue', async () => {
  const { queues, batches } = open(([first]) => JSON.stringify(first) === '{"n":1}')
  await queues.start()
  queues.send('Waiting', { n: 1 })
  await until('batches.length === 3', () => batches.length === 3)
  queues.send('Waiting', { n: 2 })
  await until('batches.length === 4', () => batches.length === 4)
  expect(batches.at(-1)).toEqual([{ n: 2 }])
  expect(inFile('Dead')).toEqual([{ n: 1 }])
})

test('a function that reports failed messages gets those again, and no other', async () => {
  const Mapping = Object(RESOURCES.Mapping)
  const FunctionResponseTypes = ['ReportBatchItemFailures']
  const { queues, batches } = open(undefined, {
    ...RESOURCES,
    Mapping: { ...Mapping, Properties: { ...Mapping.Properties, FunctionResponseTypes } },
  })
  for (const n of [1, 2, 3]) queues.send('Waiting', { n, reported: n === 1 })
  await queues.start()
  await until('batches.length === 3', () => batches.length === 3)
  queues.send('Waiting', { n: 4 })
  await until('batches.length === 4', () => batches.length === 4)
  expect(inFile('Dead')).toEqual([{ n: 1, reported: true }])
  expect(batches.map((batch) => batch.map((body) => Object(body).n))).toEqual([
    [1, 2],
    [1, 3],
    [1],
    [4],
  ])
})

test('a restart delivers the remaining messages, each once', async () => {
  const first = open()
  await first.queues.start()
  first.queues.send('Waiting', { n: 1 })
  await until('first.batches.length === 1', () => first.batches.length === 1)
  await first.queues.stop()
  first.queues.send('Waiting', { n: 2 })
  const second = open()
  await second.queues.start()
  second.queues.send('Waiting', { n: 3 })
  await until('second.batches.flat().length === 2', () => second.batches.flat().length === 2)
  expect(second.batches.flat()).toEqual([{ n: 2 }, { n: 3 }])
})

test('a queue without a consumer is a file', () => {
  const { queues } = open()
  queues.send('Dead', { n: 1 })
  expect(inFile('Dead')).toEqual([{ n: 1 }])
})

test('a dead-letter queue outside the template is rejected', () => {
  const policy = { deadLetterTargetArn: 'elsewhere', maxReceiveCount: 1 }
  const Waiting = { Type: 'AWS::SQS::Queue', Properties: { RedrivePolicy: policy } }
  expect(() => open(undefined, { ...RESOURCES, Waiting })).toThrow(/Waiting.*no queue elsewhere/s)
})
