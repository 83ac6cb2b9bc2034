import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { type LocalDynamoDB, startDynamoDB } from '../../../lib/local/dynamodb/index.ts'
import type { InvocationResult } from '../../../lib/local/lambda/local-function.ts'
import {
  EventSourceMapping,
  type MappingDefinition,
  StreamClient,
} from '../../../lib/local/streams/index.ts'
import type { StreamRecord } from '../../../lib/local/streams/record.ts'
import { createTable } from '../../support/create-table.ts'
import { emulatorKind } from '../../support/emulator-kind.ts'
import { until } from '../support/until.ts'

const kind = emulatorKind()
const eventSourceArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Counts/stream/label'

describe(`with ${kind}`, () => {
  let dynamodb: LocalDynamoDB
  let client: DynamoDBClient
  let streams: StreamClient
  let folder: string
  let tables = 0
  let table: string
  let streamArn: string
  let running: EventSourceMapping[]
  let sent: [queue: string, message: object][]

  beforeAll(async () => {
    dynamodb = await startDynamoDB({ kind })
    const config = {
      endpoint: dynamodb.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    }
    client = new DynamoDBClient(config)
    streams = new StreamClient(dynamodb.endpoint)
  })

  afterAll(async () => {
    client.destroy()
    streams.destroy()
    await dynamodb.stop()
  })

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mapping-'))
    table = `Counts${++tables}`
    streamArn = await createTable(client, table, { stream: true })
    running = []
    sent = []
  })

  afterEach(async () => {
    await Promise.all(running.map((mapping) => mapping.stop())).finally(() =>
      rm(folder, { recursive: true }),
    )
  })

  async function put(...numbers: number[]) {
    for (const number of numbers)
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: { id: { S: 'a' }, number: { N: `${number}` } },
        }),
      )
  }

  /** Starts a mapping to a function that records its batches. */
  async function map(
    answer: (batch: number[], records: readonly StreamRecord[]) => InvocationResult,
    changes: Partial<MappingDefinition> = {},
  ) {
    const invocations: number[][] = []
    const records: StreamRecord[] = []
    const mapping = await EventSourceMapping.start(
      {
        logicalId: 'Mapping',
        function: {
          logicalId: 'Function',
          arn: 'arn:aws:lambda:us-east-1:000000000000:function:Function',
          async invoke(payload) {
            const batch = recordsOf(payload)
            const numbers = batch.map(numberOf)
            invocations.push(numbers)
            records.push(...batch)
            return answer(numbers, batch)
          },
        },
        eventSourceArn,
        streamArn,
        startingPosition: 'TRIM_HORIZON',
        batchSize: 100,
        batchingWindow: 0,
        bisect: false,
        maximumRetries: -1,
        maximumAge: -1,
        partialResponses: false,
        filter: () => true,
        ...changes,
      },
      {
        client: streams,
        checkpointFile: join(folder, 'checkpoint.json'),
        send: (queue, message) => sent.push([queue, message]),
        report: (problem) => {
          throw problem
        },
      },
    )
    running.push(mapping)
    return { invocations, records, mapping }
  }

  test("a function receives a table's changes in order, in the format of Lambda", async () => {
    await put(1, 2, 3)
    const { records } = await map(ok)
    await put(4)
    await until('four records', () => records.length === 4)
    expect(records.map(numberOf)).toEqual([1, 2, 3, 4])
    expect(records[0]).toEqual({
      eventID: expect.any(String),
      eventName: 'INSERT',
      eventVersion: expect.any(String),
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      eventSourceARN: eventSourceArn,
      dynamodb: {
        ApproximateCreationDateTime: expect.any(Number),
        Keys: { id: { S: 'a' }, number: { N: '1' } },
        NewImage: { id: { S: 'a' }, number: { N: '1' } },
        SequenceNumber: expect.stringMatching(/^\d+$/),
        SizeBytes: expect.any(Number),
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    })
  })

  test('a batch has at most as many records as the batch size', async () => {
    await put(1, 2, 3, 4, 5)
    const { invocations } = await map(ok, { batchSize: 2 })
    await until('all five', () => invocations.flat().length === 5)
    expect(invocations).toEqual([[1, 2], [3, 4], [5]])
  })

  test('a batching window collects the records that arrive within it', async () => {
    const { invocations } = await map(ok, { batchingWindow: 500 })
    await put(1)
    await put(2)
    await put(3)
    await until('a batch', () => invocations.length === 1)
    expect(invocations).toEqual([[1, 2, 3]])
  })

  test('a failing batch is retried until it succeeds, and later records wait', async () => {
    await put(1)
    let attempts = 0
    const { invocations } = await map(() => (++attempts < 3 ? failed : ok()))
    await until('the first attempt', () => invocations.length > 0)
    await put(2)
    await until('the second record', () => invocations.flat().includes(2))
    expect(invocations).toEqual([[1], [1], [1], [2]])
  })

  test('a restarted mapping continues after the handled records', async () => {
    await put(1, 2)
    const first = await map(ok)
    await until('the first two', () => first.invocations.flat().length === 2)
    await first.mapping.stop()
    await put(3)
    const second = await map(ok)
    await until('the third', () => second.invocations.flat().length > 0)
    expect(second.invocations).toEqual([[3]])
  })

  test('LATEST begins at the first start, and continues from there after a restart', async () => {
    await put(1)
    const first = await map(ok, { startingPosition: 'LATEST' })
    await first.mapping.stop()
    await put(2)
    const second = await map(ok, { startingPosition: 'LATEST' })
    await until('the second', () => second.invocations.flat().length > 0)
    expect([first.invocations, second.invocations]).toEqual([[], [[2]]])
  })

  // The following tests do not depend on the emulator, so they run on dynoxide only.
  if (kind !== 'dynoxide') return

  test('a partial response retries all records from the lowest failure on', async () => {
    await put(1, 2, 3, 4)
    let attempts = 0
    const { invocations } = await map(
      (_, records) => (++attempts === 1 ? reported(records[3], records[1]) : ok()),
      { partialResponses: true },
    )
    await until('a second attempt', () => invocations.length === 2)
    expect(invocations).toEqual([
      [1, 2, 3, 4],
      [2, 3, 4],
    ])
  })

  test.each([
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['no identifier', { batchItemFailures: [{ itemIdentifier: null }] }],
    ['a misnamed identifier', { batchItemFailures: [{ id: '1' }] }],
    ['an unknown identifier', { batchItemFailures: [{ itemIdentifier: '999999' }] }],
  ])('a partial response with %s fails the whole batch', async (_, payload) => {
    await put(1, 2)
    let attempts = 0
    const { invocations } = await map(() => (++attempts === 1 ? { status: 'ok', payload } : ok()), {
      partialResponses: true,
    })
    await until('a second attempt', () => invocations.length === 2)
    expect(invocations).toEqual([
      [1, 2],
      [1, 2],
    ])
  })

  test('bisecting finds the failing record without using up attempts', async () => {
    await put(1, 2, 3, 4)
    const { invocations } = await map((batch) => (batch.includes(3) ? failed : ok()), {
      bisect: true,
      maximumRetries: 1,
      onFailure: 'Queue',
    })
    await until('the last record', () => invocations.at(-1)?.includes(4) === true)
    expect(invocations).toEqual([[1, 2, 3, 4], [1, 2], [3, 4], [3], [3], [4]])
  })

  test('a batch out of attempts is skipped, and its position goes to the queue', async () => {
    await put(1)
    const { invocations, records } = await map((batch) => (batch.includes(1) ? failed : ok()), {
      maximumRetries: 2,
      onFailure: 'Queue',
    })
    await until('a message', () => sent.length === 1)
    await put(2)
    await until('the second record', () => invocations.flat().includes(2))
    expect(invocations).toEqual([[1], [1], [1], [2]])
    const sequenceNumber = records[0]?.dynamodb.SequenceNumber
    const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(sent).toEqual([
      [
        'Queue',
        {
          requestContext: {
            requestId: expect.any(String),
            functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:Function',
            condition: 'RetryAttemptsExhausted',
            approximateInvokeCount: 3,
          },
          responseContext: {
            statusCode: 200,
            executedVersion: '$LATEST',
            functionError: 'Unhandled',
          },
          version: '1.0',
          timestamp: expect.any(String),
          DDBStreamBatchInfo: {
            shardId: expect.any(String),
            startSequenceNumber: sequenceNumber,
            endSequenceNumber: sequenceNumber,
            approximateArrivalOfFirstRecord: instant,
            approximateArrivalOfLastRecord: instant,
            batchSize: 1,
            streamArn: eventSourceArn,
          },
        },
      ],
    ])
  })

  test('a record beyond the maximum age is skipped', async () => {
    await put(1)
    const { invocations } = await map((batch) => (batch.includes(1) ? failed : ok()), {
      maximumAge: 1000,
      onFailure: 'Queue',
    })
    await until('a message', () => sent.length === 1)
    await put(2)
    await until('the second record', () => invocations.flat().includes(2))
    expect(sent).toMatchObject([['Queue', { requestContext: { condition: 'RecordAgeExceeded' } }]])
  })

  test('a record that does not match the filter is skipped', async () => {
    await put(1, 2, 3)
    const { invocations } = await map(ok, {
      filter: (record) => JSON.stringify(record).includes('"N":"2"'),
    })
    await until('the second record', () => invocations.length === 1)
    expect(invocations).toEqual([[2]])
  })
})

const failed: InvocationResult = {
  status: 'failed',
  error: { errorType: 'Error', errorMessage: 'no' },
}

function ok(): InvocationResult {
  return { status: 'ok', payload: null }
}

function reported(...records: (StreamRecord | undefined)[]): InvocationResult {
  const batchItemFailures = records.map((record) => ({
    itemIdentifier: record?.dynamodb.SequenceNumber,
  }))
  return { status: 'ok', payload: { batchItemFailures } }
}

function recordsOf(payload: unknown): StreamRecord[] {
  const { Records }: { Records: StreamRecord[] } = JSON.parse(JSON.stringify(payload))
  return Records
}

function numberOf({ dynamodb }: StreamRecord): number {
  const { number } = JSON.parse(JSON.stringify(dynamodb.Keys))
  return Number(number.N)
}
