import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { startDynamoDB } from '../../../lib/local/dynamodb/index.ts'
import { checkSetting } from '../../../lib/local/dynamodb/setting.ts'
import { createTable } from '../../support/create-table.ts'
import { emulatorKind } from '../../support/emulator-kind.ts'
import { answers, until } from '../support/until.ts'

const kind = emulatorKind()

function clientOf(endpoint: string) {
  return new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
}

const chosen = process.env.LOCAL_DYNAMODB

beforeEach(() => {
  delete process.env.LOCAL_DYNAMODB
})

afterAll(() => {
  if (chosen !== undefined) process.env.LOCAL_DYNAMODB = chosen
})

describe(kind, () => {
  test('keeps its data in the folder across restarts', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'dynamodb-'))
    try {
      const first = await startDynamoDB({ kind, dataDir })
      await createTable(clientOf(first.endpoint), 'Counter', { stream: true })
      const item = { id: { S: 'a' }, number: { N: '1' } }
      await clientOf(first.endpoint).send(new PutItemCommand({ TableName: 'Counter', Item: item }))
      await first.stop()

      const second = await startDynamoDB({ kind, dataDir })
      const found = await clientOf(second.endpoint).send(
        new GetItemCommand({ TableName: 'Counter', Key: item }),
      )
      await second.stop()

      expect(found.Item).toEqual(item)
    } finally {
      await rm(dataDir, { recursive: true })
    }
  })

  test('does not answer after stop', async () => {
    const { endpoint, stop } = await startDynamoDB({ kind })
    await stop()
    expect(await answers(endpoint)).toBe(false)
  })

  test('ends when its owner is killed with SIGKILL', async () => {
    const owner = spawn(process.execPath, [
      '--import',
      'tsx',
      '--input-type=module',
      '--eval',
      `import { startDynamoDB } from './lib/local/dynamodb/index.ts'
       console.log((await startDynamoDB({ kind: '${kind}' })).endpoint)
       setInterval(() => {}, 1000)`,
    ])
    const [line] = await once(owner.stdout, 'data')
    const endpoint = `${line}`.trim()
    expect(await answers(endpoint)).toBe(true)

    owner.kill('SIGKILL')

    await until('the emulator is gone', async () => !(await answers(endpoint)))
  })
})

test('DYNAMODB_ENDPOINT overrides LOCAL_DYNAMODB, and its emulator survives stop', async () => {
  const running = await startDynamoDB({ kind })
  process.env.DYNAMODB_ENDPOINT = running.endpoint
  process.env.LOCAL_DYNAMODB = kind
  try {
    const external = await startDynamoDB()
    await external.stop()
    expect(external).toMatchObject({ kind: 'external', endpoint: running.endpoint })
    expect(await answers(external.endpoint)).toBe(true)
  } finally {
    delete process.env.DYNAMODB_ENDPOINT
    await running.stop()
  }
})

test('an unknown emulator in LOCAL_DYNAMODB is rejected', async () => {
  process.env.LOCAL_DYNAMODB = 'dynamite'
  await expect(startDynamoDB()).rejects.toThrow(
    'LOCAL_DYNAMODB must be dynoxide or dynamodb-local; got dynamite',
  )
})

test('an endpoint that answers is found by a process that is blocked for a second', async () => {
  const { endpoint, stop } = await startDynamoDB({ kind })
  process.env.DYNAMODB_ENDPOINT = endpoint
  try {
    const checked = checkSetting()
    const until = Date.now() + 1000
    while (Date.now() < until);
    await expect(checked).resolves.toBeUndefined()
  } finally {
    delete process.env.DYNAMODB_ENDPOINT
    await stop()
  }
})
