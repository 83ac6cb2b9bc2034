import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { DynamoDBDocumentClient, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { localTables } from '../../lib/shell/local-tables.ts'
import { concertsWith, newConcert } from '../support/concerts.ts'
import { eventually } from '../support/eventually.ts'
import { LocalRun } from '../support/local-run.ts'

const ROOT = join(__dirname, '../..')
let run: LocalRun

beforeAll(async () => {
  run = await LocalRun.start(undefined, {}, ['--minute', '500'])
}, 60_000)
afterAll(() => run?.remove(), 30_000)

/** Runs the command line in the folder of the tests' application. */
async function views(...args: string[]) {
  const main = ['--import', 'tsx', join(ROOT, 'lib/operations/views/main.ts')]
  const child = spawn(process.execPath, [...main, ...args, '--data', run.folder], {
    cwd: join(ROOT, 'test/app'),
  })
  const code = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [output, error] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { output, error, code: await code }
}

test('npm run views shows, verifies and rebuilds views', async () => {
  const id = await newConcert(run, 9)
  await concertsWith(run, 'AVAILABLE', { id, version: 1 })
  const progress = await eventually(async () => {
    const { output } = await views('progress')
    return (output.match(/serving/g) ?? []).length === 3 ? output : undefined
  }, 20_000)
  expect(progress).toMatch(/^concertsByStatus: build \d+ of version 1, serving since .*, 0 parked/m)

  expect(await views('verify', 'concertsByStatus')).toMatchObject({
    code: 0,
    error: '',
    output: expect.stringMatching(/^concertsByStatus: \d+ resources?, no differences\n$/),
  })
  const { client } = await localTables(run.folder)
  const documents = DynamoDBDocumentClient.from(client)
  const { Items = [] } = await documents.send(new ScanCommand({ TableName: 'Views' }))
  const { partition, item } = Items.find(({ body }) => body?.id === id) ?? {}
  await documents.send(
    new UpdateCommand({
      TableName: 'Views',
      Key: { partition, item },
      UpdateExpression: 'SET body.kept.quantity = :wrong',
      ExpressionAttributeValues: { ':wrong': 8 },
    }),
  )
  client.destroy()
  const wrong = await views('verify', 'concertsByStatus')
  expect(wrong.code).toBe(1)
  expect(wrong.output).toContain('1 with a difference')
  expect(wrong.output).toContain(id)

  const rebuilt = await views('rebuild', 'concertsByStatus')
  expect(rebuilt).toMatchObject({ code: 0, error: '' })
  await eventually(async () => {
    const { code } = await views('verify', 'concertsByStatus')
    return code === 0 || undefined
  }, 30_000)
}, 90_000)

test('a wrong command line, and a view that does not exist', async () => {
  expect(await views('verfy')).toMatchObject({
    code: 2,
    error: expect.stringMatching(/^Unknown command: verfy/),
  })
  expect(await views('rebuild', 'nothing')).toMatchObject({
    code: 1,
    error: expect.stringContaining(
      'There is no view nothing. The views are: bookingsOfConcert, concertsByStatus, seatsByDay',
    ),
  })
}, 30_000)
