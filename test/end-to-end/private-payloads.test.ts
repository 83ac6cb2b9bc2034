import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import type { Outputs } from '../../lib/local/state-folder.ts'
import { MainProcess } from '../local/support/main-process.ts'
import { clientFor } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { privateApp } from '../support/private-app.ts'
import { newFolder } from '../support/run-folder.ts'
import type { TaskApp } from '../support/task-app.ts'

/** The text that a client puts wherever it can. */
const PAYLOAD = 'pay-load'

let app: TaskApp
let main: MainProcess
let outputs: Outputs
const state = newFolder('private')

beforeAll(async () => {
  app = privateApp()
  main = new MainProcess(['--port', '0', '--data', state], app.folder)
  outputs = await main.ready(state)
}, 60_000)
afterAll(async () => {
  await main?.kill('SIGINT')
  app.remove()
}, 30_000)

async function graphql(query: string, variables: object = {}): Promise<string> {
  const response = await fetch(outputs.graphqlUrl, {
    method: 'POST',
    headers: { 'x-api-key': outputs.apiKey ?? '' },
    body: JSON.stringify({ query, variables }),
  })
  return response.text()
}

const give = (input: object) =>
  graphql(
    `mutation ($input: GiveTaskInput!) { ${PAYLOAD.replace('-', '_')}: giveTask(input: $input) { id } }`,
    { input: { note: PAYLOAD, as: 'given', ...input } },
  )

/** Returns everything that was logged and traced. */
function recorded(): string {
  const logs = join(state, 'logs')
  const files = readdirSync(logs).map((file) => join(logs, file))
  const texts = [...files, join(state, 'traces.jsonl')].map((file) => readFileSync(file, 'utf8'))
  return [main.output, ...texts].join('\n')
}

const logged = (...parts: readonly string[]) =>
  eventually(async () => {
    const lines = recorded().split('\n')
    return lines.find((line) => parts.every((part) => line.includes(part)))
  }, 20_000)

test('no log entry and no trace contains a value of a client, an event or a state', async () => {
  const skipped = randomUUID()
  const given = async (as: string) => {
    const [, id = ''] = /"id":"([0-9a-f-]{36})"/.exec(await give({ as })) ?? []
    return id
  }

  // Inputs of commands.
  expect(await give({ commandId: `\ud800${PAYLOAD}` })).toContain('InvalidArgument')
  expect(await give({ commandId: `reaction-${PAYLOAD}` })).toContain(`got reaction-${PAYLOAD}`)
  expect(await give({ commandId: PAYLOAD.repeat(500) })).toContain('InvalidArgument')
  expect(await give({ id: PAYLOAD })).toContain('InvalidId')
  expect(await give({ as: 'refused' })).toContain(`got ${PAYLOAD}`)
  expect(await give({ as: 'bug' })).toContain('InternalError')
  expect(await give({ as: 'text' })).toContain('InternalError')
  expect(await give({ as: 'misfit' })).toContain('InvalidEvent')
  expect(await give({ as: 'large' })).toContain('InvalidEvent')
  expect(await give({ expectedVersion: PAYLOAD })).toContain('errors')

  // Arguments of queries.
  expect(await graphql(`{ task(id: "${PAYLOAD}") { id } }`)).toContain('data')
  expect(await graphql(`{ taskEvents(id: "${PAYLOAD}") { id } }`)).toContain('data')
  expect(await graphql(`{ tasks(nextToken: "${PAYLOAD}") { nextToken } }`)).toContain(PAYLOAD)
  expect(await graphql(`{ task(id: "a", at: "${PAYLOAD}") { id } }`)).toContain(PAYLOAD)
  expect(await graphql(`{ task(id: "a", limit: "${PAYLOAD}") { id } }`)).toContain('errors')
  expect(await graphql(`query ($id: Int) { task(id: $id) }`, { id: PAYLOAD })).toContain('errors')
  expect(await graphql(PAYLOAD)).toContain('errors')

  // Events that the feed, the history and the reactions meet.
  const ids = {
    truncated: await given('truncated'),
    old: await given('old'),
    reaction: await given('reaction'),
  }
  const Item = { id: skipped, number: 1, type: 'TaskGiven', created: PAYLOAD, note: PAYLOAD }
  const client = clientFor(outputs.dynamodbEndpoint)
  const TableName = outputs.tables.TASK_TABLE
  await client.send(new PutCommand({ TableName, Item: { ...Item, meta: { commandId: 'c' } } }))
  client.destroy()
  await logged(`"id":"${ids.truncated}"`, '"about":"feed"', '"truncated":true')
  await logged(`"id":"${ids.old}"`, '"about":"feed"', '"name":"RangeError"', 'index.ts:')
  await logged(`"id":"${ids.reaction}"`, '"about":"reaction"', '"level":"ERROR"', 'reactions.ts:')
  await logged(`"id":"${skipped}"`, '"about":"feed"', '"passedBy":true', '"number":1')
  await logged('"about":"giveTask"', '"name":"RangeError"', 'chores/index.ts:')
  expect(await graphql('{ tasks { items { id note } } }')).toContain('CorruptHistory')

  // The traces of all requests arrive after their answers.
  await logged('"about":"tasks"', '"code":"CorruptHistory"')
  expect(await graphql(`{ task(id: "${ids.old}") { id } }`)).toContain('CorruptHistory')
  await logged('"trace_id"', '"name":"task"', 'CorruptHistory')
  await logged('"trace_id"', '"name":"giveTask"', 'EventRejected')
  const lines = recorded().split('\n')
  expect(lines.filter((line) => /pay.load/i.test(line))).toEqual([])
}, 60_000)
