import { ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { v4 } from 'uuid'
import WebSocket from 'ws'
import { appSyncTransport, eventFeed } from '../../lib/client/index.ts'
import { withOwnDynamoDB } from '../support/dynamodb.ts'
import { eventually } from '../support/eventually.ts'
import { LocalRun } from '../support/local-run.ts'
import { newFolder } from '../support/run-folder.ts'
import { Subscriber } from '../support/subscriber.ts'

// The tests put events into the table that the commands would not commit.

const dynamodb = withOwnDynamoDB()
let run: LocalRun
let subscriber: Subscriber
let TableName: string

beforeAll(async () => {
  run = await LocalRun.start(newFolder('run'), { DYNAMODB_ENDPOINT: dynamodb.endpoint })
  const { TableNames = [] } = await dynamodb.client.send(new ListTablesCommand({}))
  TableName = TableNames.find((name) => name.includes('Concert')) ?? ''
  subscriber = await Subscriber.connect(run.outputs)
}, 60_000)
afterAll(async () => {
  await subscriber?.close()
  await run?.remove()
}, 30_000)

async function put(id: string, number: number, event: Record<string, unknown>): Promise<void> {
  const created = '2030-01-01T00:00:00.000Z'
  const Item = { id, number, created, meta: { commandId: `c${number}` }, ...event }
  await dynamodb.client.send(new PutCommand({ TableName, Item }))
}

const subscribe = (id: string) =>
  subscriber.subscribe(
    `subscription { onConcertEvent(id: "${id}") { number type amount truncated } }`,
  )

test('an event that AppSync rejects arrives truncated, and other events arrive', async () => {
  const id = v4()
  const messages = await subscribe(id)
  await put(id, 1, { type: 'SeatsAdded', amount: 7 })
  await put(id, 2, { type: 'SeatsAdded', amount: 'many' })
  await put(id, 3, { type: 'SeatsReserved' })
  expect(await subscriber.messages(messages, 3)).toEqual([
    { number: 1, type: 'SeatsAdded', amount: 7, truncated: null },
    { number: 2, type: 'SeatsAdded', amount: null, truncated: true },
    { number: 3, type: 'SeatsReserved', amount: null, truncated: null },
  ])
})

test('an event that AppSync rejects even truncated is skipped', async () => {
  const id = v4()
  const messages = await subscribe(id)
  await put(id, 1, { type: 'SeatsReserved', created: 'yesterday' })
  await put(id, 2, { type: 'SeatsReserved' })
  expect(await subscriber.messages(messages, 1)).toMatchObject([{ number: 2 }])
  await eventually(async () => run.output.includes('passedBy') || undefined)
})

test('an event of an unknown type arrives truncated, with its type', async () => {
  const id = v4()
  const messages = await subscribe(id)
  await put(id, 1, { type: 'ConcertPainted', amount: 7 })
  expect(await subscriber.messages(messages, 1)).toEqual([
    { number: 1, type: 'ConcertPainted', amount: null, truncated: true },
  ])
})

test('a removed event causes an alarm, and later events arrive', async () => {
  const id = v4()
  const messages = await subscribe(id)
  await put(id, 1, { type: 'SeatsReserved' })
  await dynamodb.client.send(new DeleteCommand({ TableName, Key: { id, number: 1 } }))
  await put(id, 2, { type: 'SeatsReserved' })
  expect(await subscriber.messages(messages, 2)).toMatchObject([{ number: 1 }, { number: 2 }])
  await eventually(async () => /"Tampering":1/.test(run.output) || undefined)
  const { annotations } = await eventually(async () =>
    run.traces().find(({ name }) => name === 'tampering'),
  )
  expect(annotations).toEqual({ error: 'Tampering', resource: id, number: 1 })
})

test('a watcher receives events that are too large for full pages', async () => {
  const id = v4()
  const large = { type: 'SeatsReserved', note: 'x'.repeat(300_000) }
  for (let number = 1; number <= 25; number += 1) await put(id, number, large)
  const transport = appSyncTransport({ ...run.outputs, webSocket: WebSocket })
  const concerts = eventFeed({ transport, resource: 'Concert', fields: [] })
  const numbers: number[] = []
  for await (const { number } of concerts.watchEvents({ id })) {
    numbers.push(number)
    if (number === 25) break
  }
  expect(numbers).toEqual(Array.from({ length: 25 }, (_, index) => index + 1))
})
